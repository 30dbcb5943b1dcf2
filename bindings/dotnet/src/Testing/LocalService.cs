// A service for tests: started, or one that runs already.

using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using TencentCloud.Common;

namespace TencentCloud.Testing
{
    /// <summary>How a service is started.</summary>
    public sealed class LocalServiceOptions
    {
        /// <summary>The path of <c>tcsms</c>; null looks at <c>TCSMS_PROGRAM</c> in the environment, then in <c>PATH</c>.</summary>
        public string Program { get; set; }

        /// <summary>The text of a configuration, as docs/service.md describes it.</summary>
        public string Config { get; set; } = LocalService.DefaultConfig;

        /// <summary>More arguments of <c>tcsms serve</c>.</summary>
        public string[] Arguments { get; set; } = new string[0];

        /// <summary>How long the start may take.</summary>
        public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(30);
    }

    /// <summary>
    /// The program <c>tcsms serve</c>, which answers as Tencent Cloud SMS does and sends nothing. One is enough for all tests of a program:
    /// each test takes an account of its own. Many threads may use it. It ends with this process, however that ends.
    /// </summary>
    public sealed class LocalService : IDisposable
    {
        /// <summary>The configuration of a service that is started without another one: the development account, no limits, reports at once.</summary>
        public const string DefaultConfig = "[limits]\nprofile = \"off\"\napi_rate = false\n[delivery]\ndelay = \"0s\"\n";

        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
        private static readonly Lazy<LocalService> TheShared = new Lazy<LocalService>(FromEnvironment);

        private readonly Control calls;
        /// <summary>Null for a service that was running already, and after the end.</summary>
        private Process process;

        private LocalService(string api, string control, string token, Process process)
        {
            Api = api.TrimEnd('/');
            Control = control.TrimEnd('/');
            calls = new Control(Control, token ?? Variable("TCSMS_CONTROL_TOKEN"));
            this.process = process;
        }

        /// <summary>The address of the API, such as <c>http://127.0.0.1:9180</c>.</summary>
        public string Api { get; }

        /// <summary>The address of the control API.</summary>
        public string Control { get; }

        /// <summary>
        /// The one service of this process: that which <c>TCSMS_SERVICE</c> in the environment names, by the address of its control API,
        /// with the token in <c>TCSMS_CONTROL_TOKEN</c> if it wants one, and its API where <c>TCSMS_CONNECT_TO</c> says or at the same
        /// address; else one that is started by the first who asks.
        /// </summary>
        public static LocalService Shared
        {
            get { return TheShared.Value; }
        }

        private static LocalService FromEnvironment()
        {
            string url = Variable("TCSMS_SERVICE");
            return url == null ? Start() : Connect(url, null, Variable("TCSMS_CONNECT_TO"));
        }

        /// <summary>Starts a service, which answers when this returns.</summary>
        /// <param name="options">How; null: with the defaults.</param>
        /// <exception cref="InvalidOperationException">It cannot be started; the message has what the program said.</exception>
        public static LocalService Start(LocalServiceOptions options = null)
        {
            options = options ?? new LocalServiceOptions();
            string program = Program(options.Program);
            string config = Path.GetTempFileName();
            try
            {
                File.WriteAllText(config, options.Config);
                List<string> arguments = new List<string> { "serve", "--listen", "127.0.0.1:0", "--stop-with-stdin", "--config", config };
                arguments.AddRange(options.Arguments);
                return Run(program, string.Join(" ", arguments.ConvertAll(Quoted)), options.StartTimeout);
            }
            finally
            {
                // It is read before it listens, and not again.
                File.Delete(config);
            }
        }

        private static LocalService Run(string program, string arguments, TimeSpan timeout)
        {
            ProcessStartInfo start = new ProcessStartInfo(program, arguments)
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true
            };
            Process process;
            try
            {
                process = Process.Start(start);
            }
            catch (Win32Exception error)
            {
                throw new InvalidOperationException(program + " cannot be started: " + error.Message + "; see that the option Program or TCSMS_PROGRAM names the program tcsms", error);
            }
            // What it says is read all its life, so that it never waits for a reader; the last lines are kept.
            Queue<string> said = new Queue<string>();
            Thread listening = new Thread(delegate()
            {
                for (string words; (words = Read(process.StandardError)) != null;)
                {
                    said.Enqueue(words);
                    if (said.Count > 20)
                        said.Dequeue();
                }
            }) { IsBackground = true };
            listening.Start();
            Task<string> first = Task.Run(delegate { return Read(process.StandardOutput); });
            string why = "did not listen within " + timeout.TotalSeconds + " s";
            if (first.Wait(timeout))
            {
                why = "ended before it listened";
                if (first.Result != null)
                {
                    try
                    {
                        Dictionary<string, object> told = AbstractModel.FromJsonString<Dictionary<string, object>>(first.Result);
                        return new LocalService((string)told["api"], (string)told["control"], null, process);
                    }
                    catch (Exception error) when (error is FormatException || error is KeyNotFoundException)
                    {
                        why = "did not say where it listens: " + first.Result;
                    }
                }
            }
            End(process, TimeSpan.Zero);
            listening.Join();
            throw new InvalidOperationException(program + " " + arguments + " " + why + (said.Count == 0 ? "" : ":\n" + string.Join("\n", said)));
        }

        /// <summary>The next line; null at the end, also when this side has closed the stream.</summary>
        private static string Read(StreamReader reader)
        {
            try
            {
                return reader.ReadLine();
            }
            catch (Exception error) when (error is IOException || error is ObjectDisposedException)
            {
                return null;
            }
        }

        private static string Quoted(string argument)
        {
            return "\"" + argument.Replace("\"", "\\\"") + "\"";
        }

        private static string Program(string option)
        {
            string named = option ?? Variable("TCSMS_PROGRAM");
            if (named != null)
                return named;
            foreach (string folder in (Variable("PATH") ?? "").Split(Path.PathSeparator))
            {
                string file = Path.Combine(folder, "tcsms");
                if (File.Exists(file))
                    return file;
            }
            throw new InvalidOperationException("the program tcsms is not found: the option Program and the variable TCSMS_PROGRAM do not name it, and it is in"
                + " no folder of PATH. Build it with `cargo build --release` in the sources of tcsms, and name target/release/tcsms there");
        }

        private static string Variable(string name)
        {
            string value = Environment.GetEnvironmentVariable(name);
            return string.IsNullOrEmpty(value) ? null : value;
        }

        /// <summary>Uses a service that runs already; <see cref="Stop"/> leaves it running.</summary>
        /// <param name="control">The address of its control API.</param>
        /// <param name="token">What it was started with as <c>TCSMS_CONTROL_TOKEN</c>; null looks at this variable here.</param>
        /// <param name="api">The address of its API; null: the same.</param>
        public static LocalService Connect(string control, string token = null, string api = null)
        {
            return new LocalService(api ?? control, control, token, null);
        }

        /// <summary>Makes an account with its own key, app, data, faults and clock.</summary>
        /// <param name="options">What it is like; null: without limits, for ten minutes.</param>
        /// <exception cref="ControlException">The service refuses it, or does not answer.</exception>
        public Account Account(AccountOptions options = null)
        {
            options = options ?? new AccountOptions();
            object wanted = new { like = options.Like, limits = options.Limits, ttl = options.Ttl, statusUrl = options.StatusUrl, replyUrl = options.ReplyUrl };
            return new Account(calls.Call("POST", "accounts", wanted), Api, calls);
        }

        /// <summary>Ends a service that was started; one that was running before goes on. Twice is fine.</summary>
        public void Stop()
        {
            Process started = Interlocked.Exchange(ref process, null);
            if (started != null)
                End(started, Patience);
        }

        private static void End(Process process, TimeSpan patience)
        {
            try
            {
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It has ended by itself.
            }
            if (!process.WaitForExit((int)patience.TotalMilliseconds))
            {
                try
                {
                    process.Kill();
                }
                catch (InvalidOperationException)
                {
                    // It ended in this moment.
                }
                catch (Win32Exception)
                {
                    // The same, as Mono says it.
                }
            }
            process.WaitForExit();
        }

        /// <summary>The same as <see cref="Stop"/>.</summary>
        public void Dispose()
        {
            Stop();
        }
    }
}
