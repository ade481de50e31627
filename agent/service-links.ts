/** The variables with which Kubernetes and `docker --link` tell a container about other services. */
export interface ServiceLinks {
  /** Whether `variable` is the address of a service, such as `EARSHOT_PORT=tcp://10.0.0.1:2750`. */
  isAddress(variable: string): boolean;
  /** Whether `variable` is that or anything else that is told about a service, such as `EARSHOT_SERVICE_HOST`. */
  has(variable: string): boolean;
}

const ADDRESS = /^(tcp|udp|sctp):\/\//;
/** What follows the name of the service; the last two are Docker's. */
const DETAILS =
  /^_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP|SCTP)(_(ADDR|PORT|PROTO))?)?|NAME|ENV_\w+)$/;

/**
 * Finds them by what every service has, `<NAME>_PORT` with an address: a name that only looks like one of them is
 * nobody's, a slip of the pen perhaps.
 */
export function serviceLinks(environment: Readonly<Record<string, string | undefined>>): ServiceLinks {
  const services = Object.entries(environment)
    .filter(([variable, text]) => variable.endsWith('_PORT') && ADDRESS.test(text ?? ''))
    .map(([variable]) => variable.slice(0, -'_PORT'.length));
  return {
    isAddress: (variable) => services.some((service) => variable === `${service}_PORT`),
    has: (variable) =>
      services.some(
        (service) => variable.startsWith(service) && DETAILS.test(variable.slice(service.length)),
      ),
  };
}
