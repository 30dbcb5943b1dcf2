// Says which lines of the surface the Node.js package does not cover.
//
// The package is looked for in node_modules beside this file, under the names that the lines have. Declarations are read with the
// TypeScript compiler and compared without names of parameters; what they say must be there at run time too.
"use strict"
const fs = require("fs")
const path = require("path")
const ts = require("typescript")

const folder = path.join(__dirname, "node_modules")
const rows = JSON.parse(fs.readFileSync(process.env.TCSMS_SURFACE_LINES, "utf8"))

class Missing extends Error {}

// The path of a module without suffix.
function placeOf(module) {
  return fs.realpathSync(path.join(folder, module.split("/")[0])) + module.slice(module.split("/")[0].length)
}

function declarationsOf(module) {
  const place = placeOf(module)
  const manifest = path.join(place, "package.json")
  const candidates = [".d.ts", ".ts", "/index.d.ts", "/index.ts"].map((suffix) => place + suffix)
  if (fs.existsSync(manifest)) {
    const { types, typings } = JSON.parse(fs.readFileSync(manifest, "utf8"))
    for (const named of [types, typings].filter(Boolean)) {
      candidates.unshift(path.join(place, named), path.join(place, named) + ".d.ts", path.join(place, named, "index.d.ts"))
    }
  }
  const found = candidates.find((file) => fs.existsSync(file) && fs.statSync(file).isFile())
  if (!found) throw new Missing("there are no declarations of the module")
  return found
}

const modules = [...new Set(rows.map((row) => row[0]))]
const files = new Map()
for (const module of modules) {
  try {
    files.set(module, declarationsOf(module))
  } catch (error) {
    if (!(error instanceof Missing)) throw error
  }
}
const program = ts.createProgram([...files.values()], { allowJs: false, skipLibCheck: true, esModuleInterop: true })
const checker = program.getTypeChecker()

function sourceOf(module) {
  const file = files.get(module)
  if (!file) throw new Missing("there are no declarations of the module")
  return program.getSourceFile(file)
}

// What a module exports by a name; `default` for its default export.
function exported(module, name) {
  const symbol = checker.getSymbolAtLocation(sourceOf(module))
  const found = symbol && checker.getExportsOfModule(symbol).find((it) => it.name === name)
  return found && found.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(found) : found
}

// What a module has by a name, exported or not.
function declared(module, name) {
  for (const statement of sourceOf(module).statements) {
    if (statement.name && statement.name.text === name) return checker.getSymbolAtLocation(statement.name)
  }
  return undefined
}

function need(symbol, what) {
  if (!symbol) throw new Missing(what)
  return symbol
}

// Types as text without what makes no difference.
function plain(text) {
  return text
    .replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "")
    .replace(/'/g, '"')
    .replace(/import\("[^"]*"\)\./g, "")
    .replace(/\bTencentCloudCommon\./g, "")
    .replace(/[;,](\s*[}\])])/g, "$1")
    .replace(/\s+/g, "")
}

function typeText(node) {
  return node ? plain(node.getText()) : "any"
}

// A parameter without its name.
function parameter(node) {
  const optional = node.questionToken || node.initializer ? "?" : ""
  return `${node.dotDotDotToken ? "..." : ""}${optional}${typeText(node.type)}`
}

function isStatic(node) {
  return (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Static) !== 0
}

// A member in the one form in which members are compared.
function form(node) {
  if (ts.isMethodDeclaration(node) || ts.isMethodSignature(node) || ts.isFunctionDeclaration(node)) {
    return `${isStatic(node) ? "static " : ""}(${node.parameters.map(parameter).join(",")})=>${typeText(node.type)}`
  }
  if (ts.isConstructorDeclaration(node)) return `new(${node.parameters.map(parameter).join(",")})`
  if (ts.isPropertyDeclaration(node) || ts.isPropertySignature(node)) {
    return `${node.questionToken ? "?" : ""}${typeText(node.type)}`
  }
  if (ts.isGetAccessor(node)) return typeText(node.type)
  if (ts.isIndexSignatureDeclaration(node)) return `[${node.parameters.map(parameter)}]${typeText(node.type)}`
  if (ts.isTypeAliasDeclaration(node)) return `type ${plain((node.typeParameters || []).map((it) => it.getText()).join(","))}=${typeText(node.type)}`
  return plain(node.getText())
}

// The line's signature, parsed as what it is.
function wanted(kind, name, signature) {
  const text =
    kind === "method" || kind === "property" || kind === "field" || kind === "ctor"
      ? `declare class X { ${signature.replace(/^(async|public) /, "")} }`
      : `declare ${signature.replace(/^function \(/, "function x(")}`
  const source = ts.createSourceFile("wanted.ts", text, ts.ScriptTarget.Latest, true)
  const first = source.statements[0]
  return ts.isClassDeclaration(first) && text.startsWith("declare class X {") ? first.members[0] : first
}

function heads(symbol) {
  return (symbol.declarations || []).filter((it) => it.heritageClauses).flatMap((it) => it.heritageClauses).map((it) => plain(it.getText()))
}

function memberOf(owner, name) {
  const type = checker.getDeclaredTypeOfSymbol(owner)
  const declarations = [...(owner.declarations || [])]
  if (name === "constructor") return declarations.flatMap((it) => [...(it.members || [])].filter(ts.isConstructorDeclaration))
  if (name === "[index]") return declarations.flatMap((it) => [...(it.members || [])].filter(ts.isIndexSignatureDeclaration))
  if (name.startsWith("[Symbol.")) {
    return declarations.flatMap((it) => [...(it.members || [])].filter((member) => member.name && member.name.getText() === name))
  }
  const own = checker.getPropertyOfType(type, name)
  const ofClass = owner.exports && owner.exports.get(name)
  return [own, ofClass].filter(Boolean).flatMap((it) => it.declarations || [])
}

function check([module, kind, owner, name, text]) {
  const [signature, ...remarks] = text.split(" ; ")
  const hidden = remarks.some((it) => it.includes("not exported"))
  const isDefault = remarks.some((it) => it.includes("default export"))
  if (owner.split(".")[0] === "sms" || /^v20\d{6}$/.test(owner)) return checkValue(module, [...owner.split("."), name])
  if (owner === "-") {
    if (signature.startsWith("re-export of ")) {
      const [, origin, there] = /re-export of (.*)#(.*)/.exec(signature)
      const ours = need(exported(module, name), "the module does not export it")
      const theirs = need(exported(origin, there) || declared(origin, there), `${origin} has no ${there}`)
      if (ours !== theirs) throw new Missing(`it is not that of ${origin}`)
    } else {
      const symbol = need(exported(module, isDefault ? "default" : name) || (hidden ? declared(module, name) : undefined), hidden ? "the module has none" : "the module does not export it")
      const there = (symbol.declarations || [])[0]
      if (/^(type|function|const)/.test(signature) && !/sdkVersion/.test(name) && kind !== "const") same(wanted(kind, name, signature), [there])
      const head = / (extends|implements) .*$/.exec(signature)
      for (const clause of head ? head[0].trim().split(/ (?=implements )/) : []) {
        if (!heads(symbol).some((it) => it === plain(clause))) throw new Missing(`it is declared without "${clause}"`)
      }
    }
    if (kind !== "interface") checkValue(module, [isDefault || name === "default" ? "default" : name])
    return
  }
  const symbol = exported(module, owner) || declared(module, owner) || (exported(module, "default") || {}).name === owner && exported(module, "default")
  const found = memberOf(need(symbol, `the module has no ${owner}`), name)
  if (remarks.includes("implicit") && found.length === 0) return
  if (found.length === 0) throw new Missing(`${owner} has none`)
  same(wanted(kind, name, signature), found)
}

function same(node, found) {
  const want = form(node)
  const have = found.map(form)
  if (!have.includes(want)) throw new Missing(`it is declared as ${found.map((it) => it.getText().replace(/\/\*[\s\S]*?\*\//g, "").replace(/\s+/g, " ").trim()).join(" | ")}`)
}

function checkValue(module, names) {
  let value
  try {
    value = require(placeOf(module))
  } catch (error) {
    throw new Missing(`the module cannot be loaded: ${String(error.message).split("\n")[0]}`)
  }
  for (const name of names) {
    if (name === "Models") return
    value = value === undefined || value === null ? undefined : value[name] !== undefined ? value[name] : name === "default" && typeof value === "function" ? value : undefined
    if (value === undefined) throw new Missing(`there is no ${names.join(".")} at run time`)
  }
}

const out = []
rows.forEach((row, number) => {
  try {
    check(row)
  } catch (error) {
    if (!(error instanceof Missing)) throw error
    out.push(`${number}\t${error.message.replace(/\s+/g, " ")}\n`)
  }
})
fs.writeFileSync(process.env.TCSMS_SURFACE_FOUND, out.join("") + "done\n")
