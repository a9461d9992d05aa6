using System.Runtime.InteropServices;
using Jint;
using Jint.Native;
using NLua;
using Skep.Benchmarks.Engines;
using Skep.Hosting;
using Skep.Loading;
using Skep.Programs;
using Wasmtime;
using ScriptEngine = Jint.Engine;
using WasmEngine = Wasmtime.Engine;

namespace Skep.Benchmarks.Alternatives;

/// <summary>A way in which a .NET program runs what others wrote.</summary>
/// <param name="Name">As the table shows it.</param>
/// <param name="Kind">What keeps the host safe from the program.</param>
/// <param name="Open">Goes from a program's name and its packet to something that runs: what a host does for each program that it is given.</param>
internal sealed record Alternative(string Name, string Kind, Func<string, byte[], IContestant> Open)
{
    public static Alternative Skep(string engine, Func<SkepHost> host, BuiltPrograms built) => new($"Skep, {engine}", "verified before it runs", (program, packet) =>
    {
        ObjectSpec spec = program == "empty" ? TextObject.Make("empty", "r0 = 1\nexit") : ObjectFile.Open(built.Objects[program]).GetOrThrow();
        return SkepContestant.TryLoad(host().Runtime, spec, packet, engine, out string problem) ?? throw new InvalidOperationException(problem);
    });

    public static readonly Alternative Delegate = new("C# delegate", "nothing", (program, packet) =>
    {
        Func<nint, uint> run = ManagedPrograms.Find(program);
        GCHandle pinned = GCHandle.Alloc(packet, GCHandleType.Pinned);
        nint address = pinned.AddrOfPinnedObject();
        return new TimedContestant("C# delegate", () => run(address), new Pin(pinned));
    });

    // As with Skep's host, one engine serves all programs.
    private static readonly Lazy<WasmEngine> Wasm = new(() => new WasmEngine());

    public static readonly Alternative Wasmtime = new("Wasmtime", "memory of its own", (program, packet) =>
    {
        Module module = Module.FromText(Wasm.Value, "programs", Source("programs.wat"));
        var store = new Store(Wasm.Value);
        var instance = new Instance(store, module);
        packet.CopyTo(instance.GetMemory("memory")!.GetSpan(0, packet.Length));
        Func<int, int> run = instance.GetFunction<int, int>(program)!;
        return new TimedContestant("Wasmtime", () => (uint)run(0), store, module);
    });

    public static readonly Alternative Jint = new("Jint", "interpreted", (program, packet) =>
    {
        var engine = new ScriptEngine();
        engine.Execute(Source("programs.js"));
        JsValue run = engine.GetValue(program);
        JsValue data = engine.Evaluate($"new Uint8Array([{string.Join(',', packet)}])");
        return new TimedContestant("Jint", () => (uint)engine.Invoke(run, data).AsNumber(), engine);
    });

    public static readonly Alternative NLua = new("NLua", "interpreted, in C", (program, packet) =>
    {
        var lua = new Lua();
        lua.DoString(Source("programs.lua"));
        lua.DoString($"data = {{{string.Join(',', packet)}}}");
        var run = (LuaFunction)lua[program];
        object data = lua["data"];
        return new TimedContestant("NLua", () => (uint)(long)run.Call(data)[0], lua);
    });

    private static string Source(string name)
    {
        using var reader = new StreamReader(typeof(Alternative).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    private sealed class Pin(GCHandle handle) : IDisposable
    {
        public void Dispose() => handle.Free();
    }
}
