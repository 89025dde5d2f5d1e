# bash completions for apus 9.8.7; to load: source <(apus completions bash)
_apus() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  local verb=${COMP_WORDS[1]} words='' files=''
  COMPREPLY=()
  # bash splits --option=value into three words.
  if [[ $word == '=' ]]; then word=''
  elif [[ $before == '=' ]]; then before=${COMP_WORDS[COMP_CWORD-2]}; fi
  if (( COMP_CWORD == 1 )); then
    mapfile -t COMPREPLY < <(compgen -W 'sweep rank book help --help --version' -- "$word")
    return
  fi
  if [[ $verb == book ]]; then
    if (( COMP_CWORD == 2 )); then
      mapfile -t COMPREPLY < <(compgen -W 'value check --help' -- "$word")
      return
    fi
    verb="$verb ${COMP_WORDS[2]}"
  elif [[ $verb == help && ${COMP_WORDS[2]} == book ]] && (( COMP_CWORD == 3 )); then
    mapfile -t COMPREPLY < <(compgen -W 'value check' -- "$word")
    return
  fi
  case "$verb $before" in
    'sweep --set') words='' ;;
    'sweep --by') words='' ;;
    'sweep --top') words='' ;;
    'sweep --share') words='' ;;
    'sweep --on-bad-row') words='quarantine reject' ;;
    'sweep -o'|'sweep --output') words='' files=1 ;;
    'sweep --threads') words='' ;;
    'rank --by') words='' ;;
    'rank -o'|'rank --output') words='' files=1 ;;
    'book value --at') words='' ;;
    'book value -o'|'book value --output') words='' files=1 ;;
    'book check -o'|'book check --output') words='' files=1 ;;
    *)
      case "$verb" in
        sweep)
          if [[ $word == -* ]]; then words='--set --by --top --share --on-bad-row -o --output --json --quiet --threads --force --dry-run --no-color -h --help'; else words='' files=1; fi ;;
        rank)
          if [[ $word == -* ]]; then words='--by -o --output --json --quiet --force --no-color -h --help'; else words='lanes symbols' files=1; fi ;;
        'book value')
          if [[ $word == -* ]]; then words='--at -o --output --json --quiet --force --no-color -h --help'; else words='' files=1; fi ;;
        'book check')
          if [[ $word == -* ]]; then words='-o --output --json --quiet --force --no-color -h --help'; else words='' files=1; fi ;;
        help)
          if [[ $word == -* ]]; then words='--no-color -h --help'; else words='sweep rank book help'; fi ;;
      esac ;;
  esac
  if [[ $files ]]; then
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  fi
  [[ $words ]] && mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -W "$words" -- "$word")
  return 0
}
complete -F _apus apus
