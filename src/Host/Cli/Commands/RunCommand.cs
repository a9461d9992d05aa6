using System.CommandLine;
using Skep.Cli.Output;
using Skep.Cli.Parsing;
using Skep.Cli.Running;
using Skep.Runtime;

namespace Skep.Cli.Commands;

/// <summary><c>skep run</c>: load, attach, stream, sum up.</summary>
internal static class RunCommand
{
    private const string Summary = "Loads an object, attaches each program to what its section says, and streams what the programs print.";

    private const string Detail =
        """
        A line is TIME [CPU] COMM-PID: TEXT, with the time in seconds on the monotonic clock. Records of ring buffers are printed by their
        type. Ctrl-C ends in order: everything is detached, then come each map's contents, and what each program did. A second Ctrl-C
        ends at once.
        """;

    public static Command Create(CommonOptions common)
    {
        var file = new Argument<string>("FILE") { Description = "An object that clang -target bpf made." };
        var programs = new Option<string[]>("--program") { Description = "Load this program only; may be given several times.", HelpName = "NAME" };
        var attach = new Option<AttachArgument?>("--attach")
        {
            Description = "Attach the programs to this instead of what their sections say; `skep attach list` shows what there is.",
            HelpName = "POINT:TARGET",
            CustomParser = OptionValues.Attach,
        };
        var duration = new Option<TimeSpan?>("--for") { Description = "End after this time: 500ms, 3s, 1m30s.", HelpName = "DURATION", CustomParser = OptionValues.Duration };
        var maxEvents = new Option<long?>("--max-events")
        {
            Description = "End after N lines or records; after N events where the programs print nothing.",
            HelpName = "N",
            CustomParser = OptionValues.PositiveCount,
        };
        var interpreter = new Option<bool>("--interpreter") { Description = "Use the interpreter even where a JIT back end could run." };
        Option<string?> jit = OptionValues.Jit();
        Option<string?> loops = VerificationOptions.Loops();
        var allEntries = new Option<bool>("--all-entries") { Description = $"Print all entries of a map instead of the first {MapReport.DefaultEntries}." };
        var watch = new Option<bool>("--watch-plugins") { Description = "Load plugins that are laid into the plugin folder meanwhile, upgrade those that change, and unload those that are deleted; say so on standard error." };
        var verb = new Verb(
            "run",
            Summary,
            Detail,
            "skep run samples/hello/hello.bpf.o --for 2s\tprints a line every half second, for two seconds",
            "skep run samples/hello/hello.bpf.o --attach tracepoint:syscalls/sys_enter_openat --max-events 5\truns a timer's program for a tracepoint instead (as root)",
            "skep run samples/syscount/syscount.bpf.o --for 1s --json | jq 'select(.type == \"summary\").maps[0].entries'\tcounts system calls for a second, for other tools")
        {
            file, programs, attach, duration, maxEvents, interpreter, jit, loops, allEntries, watch,
        };
        verb.SetAction(result =>
        {
            var request = new RunRequest(
                result.GetRequiredValue(file),
                [.. result.GetValue(programs) ?? []],
                result.GetValue(attach),
                result.GetValue(duration),
                result.GetValue(maxEvents),
                result.GetValue(interpreter) ? EngineOptions.Interpreter : result.GetValue(jit),
                VerificationOptions.ToPolicy(result.GetValue(loops)),
                result.GetValue(allEntries),
                common.PluginFolder(result),
                result.GetValue(watch));
            using Terminal terminal = common.OpenTerminal(result);
            using var session = new RunSession(request, terminal);
            return session.Run();
        });
        return verb;
    }
}
