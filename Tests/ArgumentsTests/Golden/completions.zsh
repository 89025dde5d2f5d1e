#compdef apus
# zsh completions for apus 9.8.7; to install, as _apus in a folder of $fpath
_apus() {
  local -a verbs
  verbs=(
    'sweep:Run a grid of parameters and rank what comes out'
    'rank:Order the lanes of a result'
    'book:Accounts: who owns what, and what it is worth'
    'help:Print help, of the program or of one verb'
  )
  if (( CURRENT == 2 )); then
    _describe -t verbs verb verbs
    return
  fi
  shift words
  (( CURRENT-- ))
  local verb=$words[1]
  if [[ $verb == book || ($verb == help && $words[2] == book && $CURRENT == 3) ]]; then
    verbs=(
      'value:What portfolios are worth'
      'check:Whether portfolios keep their limits'
    )
    if [[ $verb == help || $CURRENT == 2 ]]; then
      _describe -t actions action verbs
      return
    fi
    shift words
    (( CURRENT-- ))
    verb="$verb $words[1]"
  fi
  case $verb in
    sweep)
      _arguments \
        '*--set=[Replace a value of the spec, named by its path.]:KEY=VALUE: ' \
        '--by=[Rank by this metric.]:METRIC: ' \
        '--top=[Rows to show.]:K: ' \
        '--share=[Part of the plan to run, chosen evenly.]:FRACTION: ' \
        '--on-bad-row=[What to do with a bad row.]:POLICY:(quarantine reject)' \
        '(-o --output)'{-o,--output=}'[Write the result here; '\''-'\'' is standard output.]:PATH:_files' \
        '--json[Print the result as JSON on standard output.]' \
        '--quiet[Print results and errors only, no talk and no progress bar.]' \
        '--threads=[Number of workers; one for each processor unless given.]:N: ' \
        '--force[Replace output that exists.]' \
        '--dry-run[Print what would be done and how large it is, and do nothing.]' \
        '--no-color[Never colour, as when NO_COLOR is set.]' \
        '(-h --help)'{-h,--help}'[Print this page.]' \
        '1:SPEC:_files' ;;
    rank)
      _arguments \
        '--by=[Rank by this metric\: see \[metrics\].]:METRIC: ' \
        '(-o --output)'{-o,--output=}'[Write the result here; '\''-'\'' is standard output.]:PATH:_files' \
        '--json[Print the result as JSON on standard output.]' \
        '--quiet[Print results and errors only, no talk and no progress bar.]' \
        '--force[Replace output that exists.]' \
        '--no-color[Never colour, as when NO_COLOR is set.]' \
        '(-h --help)'{-h,--help}'[Print this page.]' \
        '1:KIND:(lanes symbols)' \
        '*:RESULT:_files' ;;
    'book value')
      _arguments \
        '--at=[As of when.]:TIME: ' \
        '(-o --output)'{-o,--output=}'[Write the result here; '\''-'\'' is standard output.]:PATH:_files' \
        '--json[Print the result as JSON on standard output.]' \
        '--quiet[Print results and errors only, no talk and no progress bar.]' \
        '--force[Replace output that exists.]' \
        '--no-color[Never colour, as when NO_COLOR is set.]' \
        '(-h --help)'{-h,--help}'[Print this page.]' \
        '1:BOOK:_files' ;;
    'book check')
      _arguments \
        '(-o --output)'{-o,--output=}'[Write the result here; '\''-'\'' is standard output.]:PATH:_files' \
        '--json[Print the result as JSON on standard output.]' \
        '--quiet[Print results and errors only, no talk and no progress bar.]' \
        '--force[Replace output that exists.]' \
        '--no-color[Never colour, as when NO_COLOR is set.]' \
        '(-h --help)'{-h,--help}'[Print this page.]' \
        '1:BOOK:_files' ;;
    help)
      _arguments \
        '--no-color[Never colour, as when NO_COLOR is set.]' \
        '(-h --help)'{-h,--help}'[Print this page.]' \
        '1::VERB:(sweep rank book help)' \
        '2::ACTION: ' ;;
  esac
}
if [[ $funcstack[1] == _apus ]]; then _apus "$@"; else compdef _apus apus; fi
