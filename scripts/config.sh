# Every setting of run-all.sh; each can be given in the environment instead.
: "${SPEECH:=../shared/speech}"   # folder with manifest.tsv and a tar or folder per dataset
: "${EXTRA:=}"                    # another folder of speech; empty: none
: "${SPEECH_LANGUAGE:=en}"       # of the recordings: tokens, text rules and pronunciations; training/languages.py has those there are
: "${NOISE:=}"                    # recordings of noise; empty: noise.tar in the speech folder
: "${WORK:=runs}"                 # ignored by git: features, checkpoints
: "${VENV:=.cache/training}"       # Python environment, ignored by git; made when it is not there
: "${NAME:=my-model}"             # name of the run, and of the bundle in models/
: "${OVERWRITE:=0}"               # 1: replace a bundle of that name that another run made, or that was shipped
: "${VERSION:=0.1.0}"
: "${HOURS:=2}"                   # wall-clock budget of the training
: "${WORKERS:=2}"                 # training processes, one thread each
: "${SPEEDS:=1.0,0.9,1.1}"
: "${LIMIT:=0}"                   # about this many clips only; 0: all
case "$SPEECH_LANGUAGE" in        # bundle by whose ear clips are left out whose sound contradicts their text; empty: none are
  en) : "${ALIGN_MODEL=models/en-base}" ;;
  fr) : "${ALIGN_MODEL=models/fr-small}" ;;
  *) : "${ALIGN_MODEL=}" ;;
esac
: "${PREPARE_OPTIONS:=}"          # more options of training.prepare
: "${TRAIN_OPTIONS:=}"            # more options of training.train
: "${EXPORT_OPTIONS:=}"           # more options of training.export
