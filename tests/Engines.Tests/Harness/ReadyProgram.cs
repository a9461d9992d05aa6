using Skep.Contracts;
using Skep.Execution;
using Skep.Execution.Interpreter;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Engines.Tests.Harness;

/// <summary>A lowered program, its reference interpreter and its compiled forms; runs without the locks of a runtime, one thread at a time.</summary>
internal sealed unsafe class ReadyProgram : IDisposable
{
    private readonly LoadedProgram _loaded;
    private readonly Dictionary<EngineUnderTest, CompiledCode> _code = [];
    private readonly Dictionary<(EngineUnderTest, ulong), ProgramEngine> _engines = [];
    private readonly List<ProgramEngine> _interpreters = [];
    private readonly Limits _limits;

    public ReadyProgram(LoweredProgram lowered, Limits limits)
    {
        Lowered = lowered;
        _limits = limits;
        _loaded = new LoadedProgram(new ProgramId(1), lowered, Interpreter(limits), "", [], _ => { });
    }

    public LoweredProgram Lowered { get; }

    public ProgramEngine Interpreter(Limits limits)
    {
        ProgramEngine interpreter = InterpreterEngine.Create(Lowered, limits);
        _interpreters.Add(interpreter);
        return interpreter;
    }

    /// <exception cref="NotSupportedException">It cannot be compiled.</exception>
    public ProgramEngine Compiled(EngineUnderTest engine, Limits limits)
    {
        if (!_engines.TryGetValue((engine, limits.MaxFuel), out ProgramEngine? made))
        {
            if (!_code.TryGetValue(engine, out CompiledCode? code))
            {
                _code[engine] = code = engine.Compile(Lowered);
            }

            _engines[(engine, limits.MaxFuel)] = made = engine.Install(Lowered, code, limits);
        }

        return made;
    }

    public ProgramEngine Compiled(EngineUnderTest engine) => Compiled(engine, _limits);

    public Outcome Run(ProgramEngine engine, ProgramEntry entry)
    {
        long faults = _loaded.Statistics.HelperFaults;
        EventOrigin origin = default;
        Invocation invocation = default;
        invocation.Begin(_loaded.SelfHandle, &origin);
        ulong value = engine.Run(&invocation, entry);
        value = invocation.HasTrapped ? 0 : value;
        Trap trap = invocation.HasTrapped ? new Trap(invocation.TrapKind, Lowered.Original(invocation.Slot), invocation.TrapAddress) : Trap.None;
        return new Outcome(value, trap, invocation.Fuel, _loaded.Statistics.HelperFaults - faults);
    }

    public void Dispose()
    {
        foreach (ProgramEngine engine in _engines.Values)
        {
            engine.Dispose();
        }

        _interpreters.ForEach(interpreter => interpreter.Dispose());
        _loaded.Dispose();
    }
}
