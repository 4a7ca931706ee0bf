# Shell functions for the examples in README.md and docs/. Source them in the folder of the checkout:
#
#     . docs/try.sh
#
# If the server was started with another PORT or BATON_DATA, set BATON_URL (http://127.0.0.1:8080) and BATON_DATA first.

url=${BATON_URL:-http://127.0.0.1:8000}
mkdir -p .baton # for the responses that the examples save

# key NAME: one of the demo account's keys (ownerKey, agentKey, publishableKey).
key() {
  python3 -c '
import json, os, sys

name = (sys.argv[1:] or [""])[0]
path = os.path.join(os.environ.get("BATON_DATA") or ".baton", "credentials.json")
try:
    keys = json.load(open(path))
except FileNotFoundError:
    sys.exit(f"{path} does not exist. Start the server with `make run`, and stand in its folder; or set BATON_DATA.")
except (OSError, ValueError) as error:
    sys.exit(f"{path} cannot be read: {error}")
if name not in keys:
    sys.exit(f"key: {path} has no `{name}`. It has: " + ", ".join(keys))
print(keys[name])
' "$@"
}

# request DOCUMENT [name=text | name:=json]...: the JSON body of a GraphQL request with these variables.
request() {
  python3 -c '
import json, sys

def variable(pair):
    name, _, text = pair.partition("=")
    if not name.endswith(":"):
        return name, text
    try:
        return name[:-1], json.loads(text)
    except ValueError:
        sys.exit(f"request: the value of `{pair}` is not JSON; for a text, write {name[:-1]}=")

print(json.dumps({"query": sys.argv[1], "variables": dict(map(variable, sys.argv[2:]))}))
' "$@"
}

# ask CREDENTIAL DOCUMENT [variables]: sends a query or a mutation and prints the response.
ask() {
  local credential=$1
  shift
  request "$@" | curl -sS "$url/graphql" -H "Authorization: Bearer $credential" \
    -H 'Content-Type: application/json' --data-binary @- -w '\n'
}

# listen CREDENTIAL DOCUMENT [variables]: follows a subscription as server-sent events, until Ctrl-C.
listen() {
  local credential=$1
  shift
  request "$@" | curl -sSN "$url/graphql" -H "Authorization: Bearer $credential" \
    -H 'Content-Type: application/json' -H 'Accept: text/event-stream' --data-binary @-
}

# value NAME PATH: one value of the response that was saved as .baton/NAME.json (`ask ... | tee .baton/NAME.json`).
# PATH starts below `data`: value started startConversation.conversation.id
value() {
  python3 -c '
import json, sys

if len(sys.argv) != 3:
    sys.exit("value: write `value NAME PATH`, like `value started startConversation.conversation.id`")
file, path = f".baton/{sys.argv[1]}.json", sys.argv[2]
try:
    response = json.load(open(file))
except FileNotFoundError:
    sys.exit(f"value: {file} does not exist. The example that saves it comes before this one.")
except ValueError:
    sys.exit(f"value: {file} has no response; the request that it was to come from has failed.")
found = response.get("data")
for name in path.split("."):
    try:
        found = found[int(name)] if isinstance(found, list) else found[name]
    except (LookupError, TypeError, ValueError):
        found = None
    if found is None:
        sys.exit(f"value: {file} has no `{path}`. The response was: {json.dumps(response)[:1000]}")
print(found if isinstance(found, str) else json.dumps(found))
' "$@"
}

# play_agent: switches the demo's built-in agent off, for examples that play the agent themselves.
play_agent() {
  ask "$(key ownerKey)" 'mutation { updateAgentSettings(input: {answeredBy: OFF}) { errors { code } } }' >/dev/null
}

# now: the present instant, as GraphQL takes it.
now() {
  python3 -c 'from datetime import datetime, timezone; print(datetime.now(timezone.utc).isoformat())'
}
