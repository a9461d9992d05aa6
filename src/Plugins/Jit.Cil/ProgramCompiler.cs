using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Skep.Contracts;
using Skep.Jit.Cil.Analysis;
using Skep.Jit.Cil.Code;
using Skep.Jit.Cil.Emission;
using Skep.Jit.Cil.Listing;
using Skep.Programs;

namespace Skep.Jit.Cil;

/// <summary>The driver: functions to steps, steps analysed, CIL written, the .NET JIT run. Callees come before their callers.</summary>
[RequiresDynamicCode("Makes methods at run time.")]
internal sealed unsafe class ProgramCompiler : IMethodTable
{
    private const int AllParameters = 0b11_1110;

    private readonly LoweredProgram _program;
    private readonly CallPlan _plan;
    private readonly ProgramObjects _objects;
    private readonly ulong? _blindingKey;
    private readonly Dictionary<int, CompiledMethod> _methods = [];
    private readonly List<(int Function, ListingGenerator Code)>? _listings;

    /// <param name="lists">Writes the CIL down, for <see cref="List"/>.</param>
    public ProgramCompiler(LoweredProgram program, JitOptions options, bool lists = false)
    {
        _listings = lists ? [] : null;
        _program = program;
        _plan = new CallPlan(program);
        _blindingKey = options.BlindConstants ? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))) : null;
        _objects = new ProgramObjects(program.HelperCalls, _blindingKey ?? 0);
    }

    public ManagedEntry Compile()
    {
        CompiledEntry main = Entry(0);
        return new ManagedEntry(main, _plan.AddressTaken.ToImmutableDictionary(function => _program.Functions[function].Start.Value, Entry));
    }

    /// <summary>The CIL of all methods, in the order of their functions.</summary>
    public ImmutableArray<CodeLine> List()
    {
        Compile();
        return [.. _listings!.OrderBy(listing => listing.Function).SelectMany(listing => listing.Code.ToLines())];
    }

    public CompiledMethod Of(int function) => _methods.TryGetValue(function, out CompiledMethod? method) ? method : Make(function);

    private CompiledEntry Entry(int function) => (CompiledEntry)Of(function).Delegate;

    private CompiledMethod Make(int function)
    {
        MethodCode code = Flattener.Flatten(_program, _plan, _program.Functions[function]);
        Unrolling.Run(code);
        var operands = new Operands(code, callee => Of(callee).Parameters);
        MethodAnalysis analysis = MethodAnalysis.Of(code, operands);
        int parameters = function == 0 || _plan.AddressTaken.Contains(function) ? AllParameters : LiveParameters(analysis.Webs);
        Type[] types =
        [
            typeof(ProgramObjects),
            typeof(Invocation*),
            .. Enumerable.Repeat(typeof(ulong), BitOperations.PopCount((uint)parameters)),
        ];
        string name = $"{_program.Spec.Name}+{_program.Functions[function].Start.Value}";
        var method = new DynamicMethod(name, typeof(ulong), types, typeof(ProgramCompiler).Module, skipVisibility: true) { InitLocals = false };
        new MethodEmitter(GeneratorOf(method, function), code, analysis, this, _blindingKey).Emit(parameters);

        // Making the delegate does not yet compile the method. The first run should not have to, and callers get the address of the code itself.
        Delegate made = method.CreateDelegate(EntryTypes.Of(BitOperations.PopCount((uint)parameters)), _objects);
        RuntimeHelpers.PrepareDelegate(made);
        return _methods[function] = new CompiledMethod(method, made, parameters, _plan.Traits(function));
    }

    private ILGenerator GeneratorOf(DynamicMethod method, int function)
    {
        ILGenerator generator = method.GetILGenerator();
        if (_listings is null)
        {
            return generator;
        }

        var listing = new ListingGenerator(generator) { Slot = _program.Functions[function].Start.Value };
        _listings.Add((function, listing));
        return listing;
    }

    private static int LiveParameters(Webs webs)
    {
        int parameters = 0;
        for (int register = 1; register <= 5; register++)
        {
            parameters |= webs.Entering(MethodCode.Variable(0, register)) >= 0 ? 1 << register : 0;
        }

        return parameters;
    }
}
