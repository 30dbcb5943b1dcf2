/** The path of the program tcsms that this package brings. */
export const program: string
