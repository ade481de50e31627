#!/usr/bin/env bash
# Builds the English language model of models/en-base from the project's speech folder.
#
#   PUBLIC_TEXTS=FOLDER scripts/language-model/build-english.sh SPEECH [OUTPUT]
#
# SPEECH holds manifest.tsv (columns file, dataset, split, speaker, seconds, licence, text), korliu_labels.tsv (readings of
# Common Voice clips by a machine), and text/ with common_voice_sentences.txt and novels.txt.xz. FOLDER is what
# fetch-public-texts.sh brings. Five texts are mixed, with the weights that fit the split dev best: sentences (Common Voice,
# read sentences, what callers want from a bank), requests and spelling (the other transcripts), Wikipedia, Tatoeba, novels.
# Each different sentence counts once, but for the novels. Nothing that dev, test or the wake phrases say is in it.
# Five minutes of computing, 7.5 GB of memory. MAX_NGRAMS: the size (default 3000000).
set -euo pipefail
cd "$(dirname "$0")/../.."
if [[ $# -lt 1 || ! -f "$1/manifest.tsv" || ! -d "${PUBLIC_TEXTS:-}/wikipedia" ]]; then
  sed -n '2,11s/^# \?//p' "$0" >&2
  exit 2
fi
speech=$1
output=${2:-models/en-base/lm.bin}
max_ngrams=${MAX_NGRAMS:-3000000}
# With the lexicon's 124,123 words and the 3 special ones, 2^17 words: 15 bits of each n-gram are left to its probability.
other_words=6946

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

normalize() { node --import tsx scripts/normalize-text.ts; }

# transcripts SPLITS DATASETS [COLUMN]: the texts of clips, or another column of them; "*" stands for all data sets
transcripts() {
  awk -F '\t' -v splits=" $1 " -v datasets=" $2 " -v wanted="${3:-text}" '
    NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
    index(splits, " " $column["split"] " ") && (datasets == " * " || index(datasets, " " $column["dataset"] " ")) {
      print $column[wanted]
    }' "$speech/manifest.tsv"
}

# shares_no_run HELD_OUT WORDS: those of the texts on standard input that share no WORDS words in a row with HELD_OUT
shares_no_run() {
  awk -v length_of_run="$2" '
    function runs(  from, word, run) {
      shared = 0
      for (from = 1; from + length_of_run - 1 <= NF; from++) {
        run = $from
        for (word = from + 1; word < from + length_of_run; word++) run = run " " $word
        if (FNR == NR) held_out[run]
        else if (run in held_out) shared = 1
      }
      return shared
    }
    FNR == NR { runs(); next }
    !runs()
  ' "$1" -
}

transcripts dev '*' > "$work/dev.txt"
transcripts "dev test wake" '*' | normalize > "$work/held-out.txt"

sentences="cv1_dev cv13delta cv13delta_more speechocean762 kathleen librispeech_tc5 ljspeech_part ljspeech_ps vctk"
requests="wuw2 an4 alphanum asterisk_en grid_s1 fsdd gcompris_words english_ccc"
{
  transcripts train "$sentences"
  transcripts weak minds14_en
  # Test clips were read from lists of such sentences, and readings by a machine may be a held-out sentence with other words in
  # it: both must be farther from all of those.
  {
    cat "$speech/text/common_voice_sentences.txt"
    awk -F '\t' 'NR > 1 && $3 >= -0.37 { print $5 }' "$speech/korliu_labels.tsv"
  } | normalize | shares_no_run "$work/held-out.txt" 4
} | normalize | LC_ALL=C sort -u > "$work/sentences.txt"
transcripts train "$requests" | normalize | LC_ALL=C sort -u > "$work/requests.txt"
node --import tsx scripts/language-model/wikipedia-text.ts "$PUBLIC_TEXTS/wikipedia" | LC_ALL=C sort -u | normalize |
  LC_ALL=C sort -u > "$work/wikipedia.txt"
# Tatoeba: English, a translation, whose they are
find "$PUBLIC_TEXTS/tatoeba" -name '*.txt' -exec cut -f 1 {} + | normalize | LC_ALL=C sort -u > "$work/tatoeba.txt"

node --max-old-space-size=8192 --import tsx scripts/language-model/build.ts \
  --text "$work/sentences.txt" --text "$work/requests.txt" --text "$work/wikipedia.txt" --text "$work/tatoeba.txt" \
  --prose "$speech/text/novels.txt.xz" \
  --exclude "$work/held-out.txt" --tune "$work/dev.txt" --order 4 --max-ngrams "$max_ngrams" \
  --lexicon models/en-base/lexicon.bin --max-words "$other_words" --output "$output"
sha256sum "$output"

mkdir "$work/dev"
for dataset in $(transcripts dev '*' dataset | sort -u); do
  transcripts dev "$dataset" > "$work/dev/$dataset"
done
node --import tsx scripts/language-model/perplexity.ts "$output" "$work"/dev/* | sed "s#^$work/##"
