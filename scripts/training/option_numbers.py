"""Numbers of options, refused where nothing could be done with them."""
import argparse
import math


def _number(text, kind, is_right, expected):
    try:
        value = kind(text)
    except ValueError:
        value = math.nan
    if not is_right(value):
        raise argparse.ArgumentTypeError(f'expected {expected}, got {text}')
    return value


def count(text):
    """Of what there must be some."""
    return _number(text, int, lambda n: n >= 1, 'a whole number of 1 or more')


def count_or_none(text):
    """0 leaves out what is counted."""
    return _number(text, int, lambda n: n >= 0, 'a whole number of 0 or more')


def positive(text):
    """A budget, a rate."""
    return _number(text, float, lambda x: 0 < x < math.inf, 'a number above 0')


def positive_or_none(text):
    """0 leaves out what is weighed."""
    return _number(text, float, lambda x: 0 <= x < math.inf, 'a number of 0 or more')


def speeds(text):
    """Of sound, with commas between them. What comes later needs the recordings as they are: the pack, int8, the card."""
    result = [positive(speed) for speed in text.split(',')]
    if 1.0 not in result:
        raise argparse.ArgumentTypeError(f'expected 1.0 among them, got {text}')
    return result


def share(text):
    return _number(text, float, lambda x: 0 <= x <= 1, 'a number from 0 to 1')


def share_lost(text):
    """Of what is left out: not all of it."""
    return _number(text, float, lambda x: 0 <= x < 1, 'a number from 0 to less than 1')


def of_sets(kind):
    """Of `SET=N,…`: {data set: number}."""
    def read(text):
        pairs = [item.partition('=') for item in text.split(',')]
        if not all(name and number for name, _, number in pairs):
            raise argparse.ArgumentTypeError(f'expected SET=N, with commas between several, got {text}')
        return {name: kind(number) for name, _, number in pairs}
    return read
