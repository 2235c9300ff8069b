# Completes laju's command line, as `laju` and as `node laju`. In ~/.zshrc, after compinit:
#   source <(node /path/to/app/laju completion zsh)
_laju() {
  local -a program given suggestions
  local line word note
  program=(${~words[1]})
  given=("${(@)words[2,CURRENT]}")
  if [[ ${words[1]:t} == node ]]; then
    if (( CURRENT < 3 )) || [[ ! ${words[2]:t} =~ '^laju(\.js)?$' ]]; then
      if (( $+functions[_node] )); then _node; else _files; fi
      return
    fi
    program+=(${~words[2]})
    given=("${(@)words[3,CURRENT]}")
  fi
  for line in "${(@f)$("${program[@]}" completion words -- "${given[@]}" 2> /dev/null)}"; do
    case $line in
      '') continue ;;
      :files) _files; return ;;
      :folders) _files -/; return ;;
    esac
    word=${line%%$'\t'*}
    note=${line#*$'\t'}
    suggestions+=("${word//:/\\:}:$note")
  done
  _describe laju suggestions
}

compdef _laju node laju
