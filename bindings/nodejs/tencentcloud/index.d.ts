export * from "./common"
export * from "./services"
