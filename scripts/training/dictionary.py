"""Writes the pronunciations of a language for the lexicon of a bundle.

    python -m training.dictionary --language fr --texts runs/data/train-1.00/clips.tsv --out runs/dictionary.txt
    npx tsx scripts/lexicon/build.ts models/fr-small --dictionary runs/dictionary.txt

A line a pronunciation: the word, a tab, its phonemes one space apart; a word's first line is the usual one. Only words that
a model can spell. Words that are elided in the texts (`l'eau`) are put together where the dictionary lacks them.
"""
import argparse
import csv

from .languages import LANGUAGES


def words_of(path):
    """The words in the column `text` of a table that training.prepare wrote."""
    with open(path, encoding='utf8', newline='') as f:
        return {word for row in csv.DictReader(f, delimiter='\t', quoting=csv.QUOTE_NONE) for word in row['text'].split()}


def dictionary_of(language, words):
    """{word: pronunciations, the usual one first} of what can be spelled, with the elisions among `words`."""
    letters = set(language.characters[2:])
    found = {}
    for word, phones in language.pronunciations():
        known = found.setdefault(word, [])
        if phones not in known:
            known.append(phones)
    elided = {}
    for word in sorted(words - found.keys()):
        at = word.find("'") + 1
        if word[:at] in language.elisions and word[:at] in found and word[at:] in found:
            elided[word] = [found[word[:at]][0] + phones for phones in found[word[at:]]]
    whole = {word: ways for word, ways in found.items() if set(word) <= letters and word.strip("'") == word}
    return whole | elided


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--language', choices=sorted(LANGUAGES), default='en')
    p.add_argument('--texts', action='append', default=[], help='clips.tsv of a prepared part; repeatable')
    p.add_argument('--out', required=True)
    a = p.parse_args()
    dictionary = dictionary_of(LANGUAGES[a.language], set().union(*(words_of(path) for path in a.texts)))
    if not dictionary:
        raise SystemExit(f'{a.language} has no pronunciations in training/languages.py, expected some: its bundles hear letters, and words by a '
                         'language model with the search beam, without a lexicon')
    with open(a.out, 'w', encoding='utf8') as f:
        for word, ways in sorted(dictionary.items()):
            f.writelines(f"{word}\t{' '.join(phones)}\n" for phones in ways)
    print(f'{a.out}: {len(dictionary)} words')


if __name__ == '__main__':
    main()
