# Completes laju's command line, as `laju` and as `node laju`. In ~/.config/fish/config.fish:
#   node /path/to/app/laju completion fish | source
function __laju_is_called
    set -l words (commandline -opc)
    test (count $words) -ge 2; and string match -qr '(^|/)laju(\.js)?$' -- $words[2]
end

function __laju_words
    set -l words (commandline -opc)
    set -l program (string replace -r '^~' $HOME -- $words[1])
    set -e words[1]
    if string match -qr '(^|/)node$' -- $program
        set -a program (string replace -r '^~' $HOME -- $words[1])
        set -e words[1]
    end
    set -l lines ($program completion words -- $words (commandline -ct | string collect --allow-empty) 2>/dev/null)
    switch "$lines[1]"
        case :files
            __fish_complete_path (commandline -ct)
        case :folders
            __fish_complete_directories (commandline -ct)
        case '*'
            printf '%s\n' $lines
    end
end

complete -c node -n __laju_is_called -f -a '(__laju_words)'
complete -c laju -f -a '(__laju_words)'
