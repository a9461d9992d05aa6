using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Skep.Cli.Tests;

/// <summary>What a finished process left.</summary>
internal sealed record SkepResult(int ExitCode, string Output, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>One value a line, as <c>skep run --json</c> writes them.</summary>
    public JsonElement[] JsonLines => [.. Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    public SkepResult Expect(int exitCode)
    {
        Assert.True(ExitCode == exitCode, $"exit code {ExitCode}, expected {exitCode}\n--- output\n{Output}\n--- error\n{Error}");
        return this;
    }
}

/// <summary>The built command as a process. It is killed when a test gives up on it.</summary>
internal sealed partial class SkepProcess : IDisposable
{
    // Far beyond what anything here takes, so that only a process that hangs meets it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _errorSoFar = new();
    private readonly Task<string> _error;

    private SkepProcess(Process process)
    {
        _process = process;
        _error = ReadErrorAsync();
    }

    public static string Root { get; } = Metadata("RepositoryRoot");

    public static string CommandFolder { get; } = Path.GetDirectoryName(Metadata("SkepCommand"))!;

    /// <summary>Where the sample back end of the SDK was built.</summary>
    public static string StepsPluginFolder { get; } = Metadata("StepsPlugin");

    public StreamReader Output => _process.StandardOutput;

    public static string Sample(string name) => Path.Combine(Root, "samples", name, name + ".bpf.o");

    public static Task<SkepResult> RunAsync(params string[] arguments) => RunWithAsync(null, null, arguments);

    /// <param name="input">For standard input; null closes it at once.</param>
    /// <param name="environment">Variables to set.</param>
    public static async Task<SkepResult> RunWithAsync(string? input, IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        using SkepProcess process = Start(environment, arguments);
        await process.FeedAsync(input);
        return await process.FinishAsync();
    }

    public static SkepProcess Start(params string[] arguments) => Start(null, arguments);

    /// <summary>Sends a signal, as the terminal does for Ctrl-C.</summary>
    public void Signal(PosixSignal signal)
        => Assert.Equal(0, Kill(_process.Id, signal switch { PosixSignal.SIGINT => 2, PosixSignal.SIGTERM => 15, _ => throw new ArgumentOutOfRangeException(nameof(signal)) }));

    /// <summary>Reads on to the end of output and process.</summary>
    public async Task<SkepResult> FinishAsync(string outputSoFar = "")
    {
        using var patience = new CancellationTokenSource(Patience);
        string rest = await _process.StandardOutput.ReadToEndAsync(patience.Token);
        await _process.WaitForExitAsync(patience.Token);
        return new SkepResult(_process.ExitCode, outputSoFar + rest, await _error);
    }

    /// <summary>The next line of output that <paramref name="wanted"/> takes, with all before it.</summary>
    public async Task<string> ReadUntilAsync(Predicate<string> wanted)
    {
        using var patience = new CancellationTokenSource(Patience);
        var seen = new StringBuilder();
        while (await Output.ReadLineAsync(patience.Token) is { } line)
        {
            seen.Append(line).Append('\n');
            if (wanted(line))
            {
                return seen.ToString();
            }
        }

        throw new InvalidOperationException($"The output ended:\n{seen}\n{await _error}");
    }

    /// <summary>Waits until standard error has this text.</summary>
    public async Task WaitForErrorAsync(string wanted)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!ErrorSoFar().Contains(wanted, StringComparison.Ordinal))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), patience.Token);
        }
    }

    /// <summary>Lets go of the process's output, as <c>head</c> does when it has enough.</summary>
    public async Task<int> CloseOutputAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        _process.StandardOutput.Close();
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static SkepProcess Start(IReadOnlyDictionary<string, string>? environment, string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [Metadata("SkepCommand"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Root,
        };
        start.Environment.Remove("SKEP_PLUGINS");
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return new SkepProcess(Process.Start(start)!);
    }

    private static string Metadata(string key)
        => typeof(SkepProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(attribute => attribute.Key == key).Value!;

    private async Task<string> ReadErrorAsync()
    {
        char[] buffer = new char[4096];
        int read;
        while ((read = await _process.StandardError.ReadAsync(buffer)) > 0)
        {
            lock (_errorSoFar)
            {
                _errorSoFar.Append(buffer, 0, read);
            }
        }

        return ErrorSoFar();
    }

    private string ErrorSoFar()
    {
        lock (_errorSoFar)
        {
            return _errorSoFar.ToString();
        }
    }

    private async Task FeedAsync(string? input)
    {
        try
        {
            await _process.StandardInput.WriteAsync(input);
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading, as it may.
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int processId, int signal);
}
