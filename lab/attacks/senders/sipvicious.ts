/** SIPVicious (svmap, svwar, svcrack) as the lab runs it: command lines, and its name changed where a run wants that. */

/** Its three programs that attack. */
export type SipviciousTool = 'svmap' | 'svwar' | 'svcrack';

/** Starts a tool of the package with another User-Agent: the default of its one function that builds requests is replaced. */
const RENAMED = [
  'import importlib, os, shutil, sys',
  'tool, agent = sys.argv[1], sys.argv[2]',
  'sys.path.insert(0, os.path.dirname(os.path.realpath(shutil.which(tool))))',
  'import sipvicious.libs.svhelper as helper',
  'values = list(helper.makeRequest.__defaults__)',
  'values[values.index("friendly-scanner")] = agent',
  'helper.makeRequest.__defaults__ = tuple(values)',
  'sys.argv = [tool] + sys.argv[3:]',
  'importlib.import_module("sipvicious." + tool).main()',
].join('\n');

/**
 * Command line of a tool. With `agent` it says that name in place of its own (M-06); its other habits stay. The interpreter is
 * the distribution's own, for which the package is installed.
 */
export function sipvicious(tool: SipviciousTool, options: readonly string[], agent?: string): string[] {
  return agent === undefined ? [tool, ...options] : ['/usr/bin/python3', '-c', RENAMED, tool, agent, ...options];
}

/**
 * tshark filter for its requests whatever its User-Agent: a Call-ID of up to ten decimal digits without `@` and a branch of
 * `z9hG4bK-` and decimal digits (M-06). The lab's own clients have longer Call-IDs. What a router's ICMP message quotes is not a request, and what
 * a proxy has forwarded has fewer hops left.
 */
export const SIPVICIOUS_FILTER =
  'sip.Request-Line && sip.Call-ID matches "^[0-9]{1,10}$" && sip.Via.branch matches "^z9hG4bK-[0-9]{1,10}$" && sip.Max-Forwards == 70';
