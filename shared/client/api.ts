/** The whole API of the app's origin: one method for each route of the wire contract that clients need. */
import { type AccountRoutes, accountRoutes } from './account-routes.ts';
import { type LinkRoutes, linkRoutes } from './link-routes.ts';
import { type SignInRoutes, signInRoutes } from './sign-in-routes.ts';
import type { Transport } from './transport.ts';
import { type VaultRoutes, vaultRoutes } from './vault-routes.ts';

export interface Api extends SignInRoutes, AccountRoutes, VaultRoutes, LinkRoutes {}

/**
 * Every method rejects with HoldfastError: what the transport throws, the code of the server's problem, or E_PROTOCOL
 * for an answer outside the contract.
 */
export function createApi(transport: Transport): Api {
  return {
    ...signInRoutes(transport),
    ...accountRoutes(transport),
    ...vaultRoutes(transport),
    ...linkRoutes(transport),
  };
}
