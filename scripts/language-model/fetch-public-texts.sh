#!/usr/bin/env bash
# Fetches the texts of public-texts.tsv from GitHub, those commits and files and no others: 0.6 GB.
#
#   scripts/language-model/fetch-public-texts.sh FOLDER
#
# FOLDER then has wikipedia/ and tatoeba/, as build-english.sh wants them (PUBLIC_TEXTS=FOLDER). What is there already stays.
set -euo pipefail
table=$(dirname "$0")/public-texts.tsv
if [[ $# -ne 1 ]]; then
  sed -n '2,6s/^# \?//p' "$0" >&2
  exit 2
fi

tail -n +2 "$table" | while IFS=$'\t' read -r folder repository commit paths _; do
  target=$1/$folder
  [[ ! -e $target ]] || continue
  clone=$(mktemp -d)
  trap 'rm -rf "$clone"' EXIT # of the loop, which is a process of its own
  git -C "$clone" init --quiet
  git -C "$clone" config gc.auto 0
  git -C "$clone" remote add origin "https://github.com/$repository"
  git -C "$clone" fetch --quiet --depth 1 --filter=blob:none origin "$commit"
  # shellcheck disable=SC2086 # paths are several words
  git -C "$clone" checkout --quiet FETCH_HEAD -- $paths
  rm -rf "$clone/.git"
  mkdir -p "$(dirname "$target")"
  mv "$clone" "$target"
  echo "$folder: $(find "$target" -type f | wc -l) files of $repository" >&2
done
