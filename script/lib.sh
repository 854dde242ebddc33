# Shared by script/demo and script/test; sourced, not run. Needs bash 5 and what every Debian and Ubuntu has.
# Sets ROOT (the project's folder) and PY (the interpreter of the project's own environment).

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
PY=$ROOT/.venv/bin/python
INSTALL_LINE=""

say() { printf '%s\n' "$@"; }
step() { printf '  %s\n' "$*"; }
# Ends the script: status first, then one line of explanation each.
stop_with() {
  local status=$1
  shift
  printf '%s\n' "$@" >&2
  exit "$status"
}

# --- the surroundings ---------------------------------------------------------------------------------------

# What a shell may carry from other work must not reach the portal, its database least of all.
clean_surroundings() {
  unset PYTHONHOME PYTHONPATH PYTHONSTARTUP DJANGO_SETTINGS_MODULE VIRTUAL_ENV PIP_TARGET PIP_USER PIP_PREFIX \
    PIP_REQUIRE_VIRTUALENV SECRET_KEY DEBUG ALLOWED_HOSTS CSRF_TRUSTED_ORIGINS SITE_URL HOME_PROGRAMME \
    DATABASE_URL REDIS_URL EMAIL_URL DEFAULT_FROM_EMAIL DOCUMENTS_DIR DOCUMENT_MAX_BYTES CLAMD_ADDRESS \
    SECURE_SSL_REDIRECT SECURE_HSTS_SECONDS TRUSTED_PROXY_COUNT TIME_ZONE ROCKET_DATA_DIR ROCKET_DEMO GUNICORN_CMD_ARGS \
    DOCUMENTS_S3_BUCKET DOCUMENTS_S3_ENDPOINT DOCUMENTS_S3_REGION LOG_FORMAT LOG_LEVEL
  export PYTHONUTF8=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1
  mkdir -p "$ROOT/var" 2>/dev/null
  [ -w "$ROOT" ] && [ -w "$ROOT/var" ] ||
    stop_with 1 "This folder can't be written: $ROOT" \
      "Run the script as the owner of the folder, or copy the project to a folder of your own."
  # pip, the font cache and browsers keep files under HOME; without one they get a place of the project.
  if ! [ -d "${HOME:-}" ] || ! [ -w "${HOME:-}" ]; then
    export XDG_CACHE_HOME=$ROOT/var/cache
    mkdir -p "$XDG_CACHE_HOME"
  fi
}

# One set-up at a time: a second one waits until the first has ended.
lock_setup() {
  command -v flock >/dev/null || return 0
  exec 9>"$ROOT/var/setup.lock"
  flock --nonblock 9 && return 0
  step "Another script sets this folder up; waiting for it"
  flock 9
}
unlock_setup() { exec 9>&-; }

# --- packages of the operating system ---------------------------------------------------------------------------

is_root() { [ "$(id -u)" -eq 0 ]; }

# Sets INSTALL_LINE to the command that a person can copy.
name_install_line() {
  local sudo="sudo "
  is_root && sudo=""
  INSTALL_LINE="${sudo}apt-get update && ${sudo}apt-get install -y --no-install-recommends $*"
}

# Installs packages as root or through sudo. Status 1: no right to, or it failed; INSTALL_LINE then says what to run.
# sudo may ask for a password only at a terminal, and only people who may use it.
apt_install() {
  local as=()
  name_install_line "$@"
  command -v apt-get >/dev/null || return 1
  if ! is_root; then
    command -v sudo >/dev/null || return 1
    if sudo -n true 2>/dev/null; then
      as=(sudo -n)
    elif [ -t 0 ] && [ -t 2 ] && id -nG | grep -qwE 'sudo|admin|wheel'; then
      step "sudo may ask for your password"
      as=(sudo)
    else
      return 1
    fi
  fi
  step "Installing with apt-get: $*"
  local log status=0
  log=$(mktemp)
  # RUNLEVEL=1 keeps a database server that comes with a package from starting by itself.
  "${as[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get update -q >"$log" 2>&1 ||
    step "apt-get update reported a problem; going on with the package lists that are there"
  "${as[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
    apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=180 "$@" >>"$log" 2>&1 || status=1
  if [ $status -ne 0 ]; then
    grep -E '^(E|W):' "$log" | tail -n 5 | sed 's/^/    /' >&2
  fi
  rm -f "$log"
  return $status
}

# The first python3 of version 3.11 or newer on PATH; sets PYTHON, empty if there is none.
find_python() {
  local name path
  PYTHON=""
  for name in python3 python3.13 python3.12 python3.11 python3.14; do
    path=$(command -v "$name") || continue
    if "$path" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      PYTHON=$path
      return 0
    fi
  done
  return 1
}

can_make_venv() { "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null; }

# Packages that PDF reports need and that this machine lacks, in MISSING_PDF. Needs PYTHON.
find_missing_pdf_packages() {
  mapfile -t MISSING_PDF < <("$PYTHON" - <<'PYTHON_END'
import ctypes, os

def loads(name):
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True

for library, package in (
    ("libpango-1.0.so.0", "libpango-1.0-0"),
    ("libpangoft2-1.0.so.0", "libpangoft2-1.0-0"),
    ("libharfbuzz-subset.so.0", "libharfbuzz-subset0"),
):
    if not loads(library):
        print(package)
fonts = ("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", "/usr/share/fonts/TTF/DejaVuSans.ttf")
if not any(os.path.exists(font) for font in fonts):
    print("fonts-dejavu-core")
PYTHON_END
  )
}

# Installs what the portal lacks, plus the packages given. Exit 2 where Python's environment can't be made;
# missing libraries for PDF are only reported: the portal runs without them.
install_system_packages() {
  local needed=() wanted=("$@")
  if ! find_python; then
    needed=(python3 python3-venv)
    apt_install "${needed[@]}" && find_python ||
      stop_with 2 "The portal needs Python 3.11 or newer, and this machine has none. To install it, run:" "  $INSTALL_LINE" \
        "Then start this script again. (Debian 12, Ubuntu 24.04 and newer have it.)"
    needed=()
  fi
  if ! "$PY" -c '' 2>/dev/null && ! can_make_venv; then
    case $(readlink -f "$PYTHON") in
      "$(readlink -f /usr/bin/python3)") needed=(python3-venv) ;;
      *) needed=("$("$PYTHON" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')") ;;
    esac
  fi
  find_missing_pdf_packages
  wanted+=("${MISSING_PDF[@]}")
  [ ${#needed[@]} -gt 0 ] || [ ${#wanted[@]} -gt 0 ] || return 0
  if apt_install "${needed[@]}" "${wanted[@]}"; then
    find_missing_pdf_packages
    return 0
  fi
  local whole_line=$INSTALL_LINE
  if [ ${#needed[@]} -gt 0 ] && ! can_make_venv; then
    # A package that is only good to have must not keep the needed one away.
    if [ ${#wanted[@]} -eq 0 ] || ! apt_install "${needed[@]}" || ! can_make_venv; then
      stop_with 2 "Python's venv module is missing, and this script may not install it or could not. Run:" "  $whole_line" \
        "Then start this script again."
    fi
  fi
  find_missing_pdf_packages
  if [ ${#MISSING_PDF[@]} -gt 0 ]; then
    name_install_line "${MISSING_PDF[@]}"
    step "PDF reports are off until this machine has a few libraries. To add them, run:"
    step "  $INSTALL_LINE"
  fi
}

# --- the project's own environment ---------------------------------------------------------------------------------

fingerprint() { sha256sum "$@" | cut -d' ' -f1 | tr '\n' ' '; }

# What .venv/.rocket says when everything in the locks given is installed, for the interpreter that is there.
environment_stamp() {
  "$PY" -c 'import sys; print("python %d.%d" % sys.version_info[:2])' 2>/dev/null || return 1
  local lock
  for lock in "$@"; do
    printf '%s %s\n' "$lock" "$(fingerprint "$ROOT/requirements/$lock.lock")"
  done
}

# True when every line of the stamp for these locks stands in .venv/.rocket.
environment_is_ready() {
  local stamp line
  [ -f "$ROOT/.venv/.rocket" ] || return 1
  stamp=$(environment_stamp "$@") || return 1
  while IFS= read -r line; do
    grep -qxF "$line" "$ROOT/.venv/.rocket" || return 1
  done <<<"$stamp"
}

# The mark stays until everything is installed: a run that finds it starts from nothing.
make_venv() {
  rm -rf -- "$ROOT/.venv" && mkdir "$ROOT/.venv" && touch "$ROOT/.venv/.rocket-unfinished" || return 1
  "$PYTHON" -m venv "$ROOT/.venv" >"$ROOT/var/setup.log" 2>&1
}

pip_install() {
  "$PY" -m pip install --quiet --no-deps --require-hashes -r "$ROOT/requirements/$1.lock" >"$ROOT/var/setup.log" 2>&1
}

# Makes .venv hold what the locks name; the last one given holds all the others. Does nothing when it already does.
# A half-made environment (an interrupted run, a new Python) is thrown away and made again.
make_environment() {
  local last=${*: -1} started=$SECONDS
  environment_is_ready "$@" && return 0
  local unfinished=$ROOT/.venv/.rocket-unfinished
  if [ -e "$unfinished" ] || ! "$PY" -m pip --version >/dev/null 2>&1 || ! environment_stamp >/dev/null ||
    { [ -f "$ROOT/.venv/.rocket" ] && ! grep -qxF "$(environment_stamp)" "$ROOT/.venv/.rocket"; }; then
    step "Making Python's environment in .venv"
    make_venv || show_setup_log "Python's environment could not be made in $ROOT/.venv."
  fi
  step "Installing Python packages from requirements/$last.lock (a minute or less)"
  touch "$unfinished"
  if ! pip_install "$last"; then
    step "That failed; once more with a new environment"
    make_venv && pip_install "$last" ||
      show_setup_log "Python packages could not be installed. Is the package index reachable from here?"
  fi
  environment_stamp "$@" >"$ROOT/.venv/.rocket"
  rm -f "$unfinished"
  step "Python packages are installed ($((SECONDS - started)) s)"
}

show_setup_log() {
  tail -n 8 "$ROOT/var/setup.log" | sed 's/^/    /' >&2
  stop_with 1 "$1" "The whole output is in $ROOT/var/setup.log. Start this script again to go on."
}

# --- what is made from sources -----------------------------------------------------------------------------------

# manage NAME ARGUMENTS: a management command; its output goes to var/setup.log and is shown when it fails.
manage() { (cd "$ROOT" && "$PY" manage.py "$@") >"$ROOT/var/setup.log" 2>&1; }

sources_fingerprint() {
  (cd "$ROOT" && find locale rocket/core/management/commands requirements/base.lock -type f \
    \( -name '*.po' -o -name 'build_assets.py' -o -name 'compile_translations.py' -o -name base.lock \) -print0 2>/dev/null |
    sort -z | xargs -0 sha256sum | sha256sum)
}

# Compiles the translations and makes the web font in ROCKET_DATA_DIR, unless both stand as the sources want them.
build_from_sources() {
  local data=$1 stamp
  mkdir -p "$data/static"
  stamp=$(sources_fingerprint)
  if [ -f "$data/built" ] && [ "$(cat "$data/built")" = "$stamp" ] && compiled_translations_stand; then
    return 0
  fi
  step "Compiling translations and the web font"
  manage compile_translations || show_setup_log "The translations could not be compiled."
  manage build_assets || show_setup_log "The web font could not be made."
  printf '%s\n' "$stamp" >"$data/built"
}

compiled_translations_stand() {
  local po
  while IFS= read -r -d '' po; do
    [ -f "${po%.po}.mo" ] || return 1
  done < <(find "$ROOT/locale" -name '*.po' -print0 2>/dev/null)
}
