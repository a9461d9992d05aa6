using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using Skep.Contracts;
using Skep.Findings;
using Skep.Hosting;

// Prints lines of NAME VALUE: milliseconds a stage and from the start of the process, then the composition packages that were loaded.
DateTime started = Process.GetCurrentProcess().StartTime.ToUniversalTime();
Print("main", SinceStart());
long begin = Stopwatch.GetTimestamp();
using SkepHost host = SkepHost.Create(skep =>
{
    _ = args.Length > 0 ? skep.AddPluginFolder(args[0]) : skep.AddPlugin<EmptyPlugin>();
});
Print("create", Stopwatch.GetElapsedTime(begin));
Print("ready", SinceStart());
Print("jit", JitInfo.GetCompilationTime());
Console.WriteLine($"jitted-methods {JitInfo.GetCompiledMethodCount()}");
foreach (StageTime stage in host.StartTimes)
{
    Print(stage.Stage.ToString(), stage.Time);
}

foreach (Finding finding in host.Findings)
{
    Console.WriteLine(finding);
}

string[] packages = ["McMaster", "System.Composition", "Autofac", "Microsoft.Extensions", "System.Linq.Expressions", "System.Reflection.Metadata", "System.Text.Json"];
foreach (string name in AppDomain.CurrentDomain.GetAssemblies().Select(assembly => assembly.GetName().Name ?? "").Order(StringComparer.Ordinal))
{
    if (packages.Any(package => name.StartsWith(package, StringComparison.Ordinal)))
    {
        Console.WriteLine($"loaded {name}");
    }
}

TimeSpan SinceStart() => TimeProvider.System.GetUtcNow().UtcDateTime - started;

static void Print(string name, TimeSpan time) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} {time.TotalMilliseconds:0.0}"));

/// <summary>The least that can be composed.</summary>
internal sealed class EmptyPlugin : IPlugin
{
    public PluginInfo Info { get; } = new("Empty", new Version(1, 0), "Adds nothing.");

    public void Register(IPluginRegistry registry)
    {
    }
}
