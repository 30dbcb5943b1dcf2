import { AbstractClient } from "./abstract_client"

/** The client for actions by their names, of any product. */
export declare class CommonClient extends AbstractClient {
}
