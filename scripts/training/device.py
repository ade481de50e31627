"""What a training computes on."""
import torch


def device_of(name):
    """The device that is asked for; ends where this machine has none."""
    try:
        torch.zeros(1, device=name)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).split('\n', 1)[0]
        raise SystemExit(f'--device {name} was expected to be there, and can not be used: {reason}. Give --device cpu, or train with '
                         'python -m training.train, which is made for processors') from None
    return torch.device(name)
