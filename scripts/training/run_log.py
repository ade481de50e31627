"""The log of a run: a JSON object a line, whole lines only."""
import json
import os

from .files import whole_file


class RunLog:
    def __init__(self, path):
        self.path = path

    def lines(self):
        """All lines but one that a kill cut off."""
        if not os.path.exists(self.path):
            return []
        with open(self.path, encoding='utf8') as f:
            return [json.loads(line) for line in f if line.endswith('\n')]

    def append(self, line):
        with open(self.path, 'a', encoding='utf8') as f:
            f.write(json.dumps(line) + '\n')

    def return_to(self, update):
        """Drops what was logged after `update`: a run that goes on from there computes and logs it again."""
        kept = [line for line in self.lines() if line['update'] <= update]
        with whole_file(self.path, encoding='utf8') as f:
            f.writelines(json.dumps(line) + '\n' for line in kept)
