#!/usr/bin/env bash
# Builds the English language model of models/en-base from the project's speech folder.
#
#   scripts/language-model/build-english.sh SPEECH [OUTPUT]
#
# SPEECH holds manifest.tsv (columns file, dataset, split, speaker, seconds, licence, text) and text/ with
# common_voice_sentences.txt and novels.txt.xz. Three texts are mixed, with the weights that fit the split dev best:
# sentences (Common Voice and the transcripts of read sentences), requests and spelling (the other transcripts), novels.
# Nothing that dev, test or the wake phrases say is in it. Two minutes, 2 GB of memory.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [[ $# -lt 1 || ! -f "$1/manifest.tsv" ]]; then
  sed -n '2,9s/^# \?//p' "$0" >&2
  exit 2
fi
speech=$1
output=${2:-models/en-base/lm.bin}
max_ngrams=${MAX_NGRAMS:-1000000}
# With the lexicon's 124,124 words and the 3 special ones, 2^17 words: 15 bits of each n-gram are left to its probability.
other_words=6945

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# transcripts SPLITS DATASETS [COLUMN]: the texts of clips, or another column of them; "*" stands for all data sets
transcripts() {
  awk -F '\t' -v splits=" $1 " -v datasets=" $2 " -v wanted="${3:-text}" '
    NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
    index(splits, " " $column["split"] " ") && (datasets == " * " || index(datasets, " " $column["dataset"] " ")) {
      print $column[wanted]
    }' "$speech/manifest.tsv"
}

sentences="cv1_dev cv13delta cv13delta_more speechocean762 kathleen librispeech_tc5 ljspeech_part ljspeech_ps vctk"
requests="wuw2 an4 alphanum asterisk_en grid_s1 fsdd gcompris_words english_ccc"
{
  cat "$speech/text/common_voice_sentences.txt"
  transcripts train "$sentences"
} > "$work/sentences.txt"
transcripts train "$requests" > "$work/requests.txt"
transcripts dev '*' > "$work/dev.txt"
transcripts "dev test wake" '*' > "$work/held-out.txt"

node --max-old-space-size=4096 --import tsx scripts/language-model/build.ts \
  --text "$work/sentences.txt" --text "$work/requests.txt" --prose "$speech/text/novels.txt.xz" \
  --exclude "$work/held-out.txt" --tune "$work/dev.txt" --order 4 --max-ngrams "$max_ngrams" \
  --lexicon models/en-base/lexicon.bin --max-words "$other_words" --output "$output"
sha256sum "$output"

mkdir "$work/dev"
for dataset in $(transcripts dev '*' dataset | sort -u); do
  transcripts dev "$dataset" > "$work/dev/$dataset"
done
node --import tsx scripts/language-model/perplexity.ts "$output" "$work"/dev/* | sed "s#^$work/##"
