"""Learning to hear the same in two views of a recording, each with masks and dropout of its own.

Each view has the CTC loss of the text, and is to have the posteriors of the other one: Yao et al. 2024, "CR-CTC: Consistency
regularization on CTC for improved speech recognition" (section 3.2). It keeps a model from learning recordings by heart.
"""
from .distillation import divergence


def add_consistency_options(p):
    p.add_argument('--consistency-weight', type=float, default=0.0, help='of the divergence between two differently masked views of each '
                   'recording, in nats a step; 0: there is one view')


def view_count(a):
    return 2 if a.consistency_weight > 0 else 1


def split_views(heard, count):
    """{head: log-probabilities [count * B, T, tokens]} of all views, one after the other, as a list of those of each."""
    if count == 1:
        return [heard]
    halves = {head: rows.chunk(count) for head, rows in heard.items()}
    return [{head: rows[k] for head, rows in halves.items()} for k in range(count)]


def inconsistency(views, steps):
    """Divergence of each of two views from the other, which is taken as it is, in nats a step: their mean."""
    one, other = views
    fixed = [{head: rows.detach() for head, rows in view.items()} for view in views]
    return (divergence(one, fixed[1], steps) + divergence(other, fixed[0], steps)) / 2
