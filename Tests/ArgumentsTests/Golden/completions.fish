# fish completions for apus 9.8.7; to load: apus completions fish | source
function __apus_verb
    set -l words (commandline -opc)
    set -l last (math 1 + (count $argv))
    test (count $words) -ge $last; and test "$words[2..$last]" = "$argv"
end
complete -c apus -f
complete -c apus -n 'test (count (commandline -opc)) -eq 1' -a sweep -d 'Run a grid of parameters and rank what comes out'
complete -c apus -n 'test (count (commandline -opc)) -eq 1' -a rank -d 'Order the lanes of a result'
complete -c apus -n 'test (count (commandline -opc)) -eq 1' -a book -d 'Accounts: who owns what, and what it is worth'
complete -c apus -n 'test (count (commandline -opc)) -eq 1' -a help -d 'Print help, of the program or of one verb'
complete -c apus -n '__apus_verb book; and test (count (commandline -opc)) -eq 2' -a value -d 'What portfolios are worth'
complete -c apus -n '__apus_verb help book; and test (count (commandline -opc)) -eq 3' -a value -d 'What portfolios are worth'
complete -c apus -n '__apus_verb book; and test (count (commandline -opc)) -eq 2' -a check -d 'Whether portfolios keep their limits'
complete -c apus -n '__apus_verb help book; and test (count (commandline -opc)) -eq 3' -a check -d 'Whether portfolios keep their limits'
complete -c apus -n 'test (count (commandline -opc)) -eq 1' -l version -d 'Print the version'
complete -c apus -n 'test (count (commandline -opc)) -eq 1' -l help -s h -d 'Print help'
complete -c apus -n '__apus_verb sweep' -l set -x -d 'Replace a value of the spec, named by its path.'
complete -c apus -n '__apus_verb sweep' -l by -x -d 'Rank by this metric.'
complete -c apus -n '__apus_verb sweep' -l top -x -d 'Rows to show.'
complete -c apus -n '__apus_verb sweep' -l share -x -d 'Part of the plan to run, chosen evenly.'
complete -c apus -n '__apus_verb sweep' -l on-bad-row -x -a 'quarantine reject' -d 'What to do with a bad row.'
complete -c apus -n '__apus_verb sweep' -l output -s o -r -F -d 'Write the result here; \'-\' is standard output.'
complete -c apus -n '__apus_verb sweep' -l json -d 'Print the result as JSON on standard output.'
complete -c apus -n '__apus_verb sweep' -l quiet -d 'Print results and errors only, no talk and no progress bar.'
complete -c apus -n '__apus_verb sweep' -l threads -x -d 'Number of workers; one for each processor unless given.'
complete -c apus -n '__apus_verb sweep' -l force -d 'Replace output that exists.'
complete -c apus -n '__apus_verb sweep' -l dry-run -d 'Print what would be done and how large it is, and do nothing.'
complete -c apus -n '__apus_verb sweep' -l no-color -d 'Never colour, as when NO_COLOR is set.'
complete -c apus -n '__apus_verb sweep' -l help -s h -d 'Print this page.'
complete -c apus -n '__apus_verb sweep' -F
complete -c apus -n '__apus_verb rank' -l by -x -d 'Rank by this metric: see [metrics].'
complete -c apus -n '__apus_verb rank' -l output -s o -r -F -d 'Write the result here; \'-\' is standard output.'
complete -c apus -n '__apus_verb rank' -l json -d 'Print the result as JSON on standard output.'
complete -c apus -n '__apus_verb rank' -l quiet -d 'Print results and errors only, no talk and no progress bar.'
complete -c apus -n '__apus_verb rank' -l force -d 'Replace output that exists.'
complete -c apus -n '__apus_verb rank' -l no-color -d 'Never colour, as when NO_COLOR is set.'
complete -c apus -n '__apus_verb rank' -l help -s h -d 'Print this page.'
complete -c apus -n '__apus_verb rank' -a 'lanes symbols'
complete -c apus -n '__apus_verb rank' -F
complete -c apus -n '__apus_verb book value' -l at -x -d 'As of when.'
complete -c apus -n '__apus_verb book value' -l output -s o -r -F -d 'Write the result here; \'-\' is standard output.'
complete -c apus -n '__apus_verb book value' -l json -d 'Print the result as JSON on standard output.'
complete -c apus -n '__apus_verb book value' -l quiet -d 'Print results and errors only, no talk and no progress bar.'
complete -c apus -n '__apus_verb book value' -l force -d 'Replace output that exists.'
complete -c apus -n '__apus_verb book value' -l no-color -d 'Never colour, as when NO_COLOR is set.'
complete -c apus -n '__apus_verb book value' -l help -s h -d 'Print this page.'
complete -c apus -n '__apus_verb book value' -F
complete -c apus -n '__apus_verb book check' -l output -s o -r -F -d 'Write the result here; \'-\' is standard output.'
complete -c apus -n '__apus_verb book check' -l json -d 'Print the result as JSON on standard output.'
complete -c apus -n '__apus_verb book check' -l quiet -d 'Print results and errors only, no talk and no progress bar.'
complete -c apus -n '__apus_verb book check' -l force -d 'Replace output that exists.'
complete -c apus -n '__apus_verb book check' -l no-color -d 'Never colour, as when NO_COLOR is set.'
complete -c apus -n '__apus_verb book check' -l help -s h -d 'Print this page.'
complete -c apus -n '__apus_verb book check' -F
complete -c apus -n '__apus_verb help' -l no-color -d 'Never colour, as when NO_COLOR is set.'
complete -c apus -n '__apus_verb help' -l help -s h -d 'Print this page.'
complete -c apus -n '__apus_verb help' -a 'sweep rank book help'
