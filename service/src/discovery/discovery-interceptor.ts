import { isConnectionRefused } from "./connection-refused.ts";
import { defaultDiscovery } from "./discovery.ts";
import type { Discovery } from "./discovery.ts";
import { splitUrl } from "./service-url.ts";

// The shapes are those of undici 8, told here so that types check where undici is not installed.

/** What undici sends: the parts that discovery looks at. */
interface DispatchOptions {
  origin?: string | URL | undefined;
  path: string;
}

type Dispatch<Options, Handler> = (options: Options, handler: Handler) => boolean;

/** Wraps how undici sends; goes into `agent.compose(…)`. */
export type DiscoveryInterceptor = <Options extends DispatchOptions, Handler extends object>(
  dispatch: Dispatch<Options, Handler>,
) => Dispatch<Options, Handler>;

/**
 * Discovery for everything that undici sends: `new Agent().compose(createDiscoveryInterceptor())`, given to a request
 * or to `setGlobalDispatcher`. undici itself refuses `https+http:`; use `http://api`.
 *
 * The global `fetch` of Node does not take the dispatcher of an installed undici in every version: there use
 * {@link createDiscoveryFetch}.
 *
 * @example
 * ```ts
 * import { createDiscovery, createDiscoveryInterceptor } from "@dext/service";
 *
 * const discovery = createDiscovery({ environment: { services__api__http__0: "http://localhost:5001" } });
 * const intercept = createDiscoveryInterceptor({ discovery });
 * const dispatch = intercept(({ origin }: { origin?: string | URL; path: string }) => {
 *   if (origin !== "http://localhost:5001") throw new Error(String(origin));
 *   return true;
 * });
 * dispatch({ origin: "http://api", path: "/users" }, {});
 * ```
 */
export function createDiscoveryInterceptor({
  discovery = defaultDiscovery(),
}: { discovery?: Discovery } = {}): DiscoveryInterceptor {
  return (dispatch) => (options, handler) => {
    const { origin } = options;
    if (origin === undefined) return dispatch(options, handler);
    const asked = typeof origin === "string" ? origin : origin.origin;
    const resolved = discovery.resolve(asked);
    if (resolved === asked) return dispatch(options, handler);
    const { prefix, rest } = splitUrl(resolved);
    return dispatch(
      { ...options, origin: prefix, path: rest + options.path },
      watchErrors(handler, (error) => {
        if (isConnectionRefused(error)) discovery.reportRefusal(prefix);
      }),
    );
  };
}

/** The handler, which also tells of its error. Its methods may use private fields: each is called on the handler. */
function watchErrors<Handler extends object>(handler: Handler, onError: (error: unknown) => void): Handler {
  return new Proxy(handler, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]): unknown => {
        if (property === "onResponseError") onError(args[1]);
        return Reflect.apply(value, target, args);
      };
    },
  });
}
