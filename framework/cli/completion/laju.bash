# Completes laju's command line, as `laju` and as `node laju`. In ~/.bashrc:
#   source <(node /path/to/app/laju completion bash)
_laju() {
  local line="${COMP_LINE:0:COMP_POINT}" word cut=""
  local -a words program
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  program=("${words[0]/#\~/$HOME}")
  words=("${words[@]:1}")
  if [[ ${program[0]##*/} == node ]]; then
    if [[ ${#words[@]} -lt 2 || ! ${words[0]##*/} =~ ^laju(\.js)?$ ]]; then
      _laju_other_node "$@"
      return
    fi
    program+=("${words[0]/#\~/$HOME}")
    words=("${words[@]:1}")
  fi
  # Bash replaces only what follows the last of these characters, and laju's verbs have colons.
  word="${words[${#words[@]} - 1]}"
  [[ $COMP_WORDBREAKS == *:* && $word == *:* ]] && cut="${word%"${word##*:}"}"
  [[ $COMP_WORDBREAKS == *=* && $word == *=* ]] && cut="${word%"${word##*=}"}"
  COMPREPLY=()
  while IFS=$'\t' read -r word _; do
    case $word in
      :files) compopt -o default ;;
      :folders) compopt -o dirnames ;;
      *) COMPREPLY+=("${word#"$cut"}") ;;
    esac
  done < <("${program[@]}" completion words -- "${words[@]}" 2> /dev/null)
}

_laju_other_node() {
  if [[ -n $_laju_node_function ]]; then
    "$_laju_node_function" "$@"
  else
    compopt -o default
  fi
}

_laju_node_function=$(complete -p node 2> /dev/null | sed -n 's/.* -F \([^ ]*\) .*/\1/p')
[[ $_laju_node_function == _laju ]] && _laju_node_function=""
complete -F _laju node laju
