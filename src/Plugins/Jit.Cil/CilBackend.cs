using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Skep.Contracts;
using Skep.Findings;
using Skep.Programs;

namespace Skep.Jit.Cil;

/// <summary>
/// Makes CIL of programs and has the .NET runtime compile it, with all its optimisations, at once. The code is collected with the delegates in
/// what <see cref="Compile"/> returns. Safe for any number of threads.
/// </summary>
public sealed class CilBackend : IJitBackend, IAvailability, ICodeListing
{
    /// <summary>Programs beyond this many slots are refused: the .NET JIT would take seconds, for code that it does not optimise.</summary>
    public const int MaxSlots = 65_536;

    public JitBackendDescriptor Descriptor { get; } = new()
    {
        Name = "cil",
        Description = "CIL that the .NET runtime compiles; on every processor that .NET runs on, except in processes compiled ahead of time.",
        Preference = 50,
        HotPreference = 110,
    };

    public Finding? FindObstacle()
        => RuntimeFeature.IsDynamicCodeCompiled
            ? null
            : CilRules.NoDynamicCode.Error(Place.Nowhere, "this process was compiled ahead of time, so nothing in it compiles CIL");

    public string Language => "CIL, which the .NET runtime compiles";

    /// <inheritdoc/>
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Refused where code cannot be made at run time, see Require.")]
    public CompiledCode Compile(LoweredProgram program, JitOptions options)
    {
        Require(program, options);
        return new ProgramCompiler(program, options).Compile();
    }

    /// <inheritdoc/>
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Refused where code cannot be made at run time, see Require.")]
    public ImmutableArray<CodeLine> List(LoweredProgram program, JitOptions options)
    {
        Require(program, options);
        return new ProgramCompiler(program, options, lists: true).List();
    }

    private static void Require(LoweredProgram program, JitOptions options)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(options);
        if (!RuntimeFeature.IsDynamicCodeSupported)
        {
            throw new NotSupportedException("nothing in this process compiles CIL");
        }

        if (!program.IsProved)
        {
            throw new NotSupportedException("only programs that are proved wholly can be compiled");
        }

        if (program.Instructions.Length > MaxSlots)
        {
            throw new NotSupportedException($"it has {program.Instructions.Length} slots, the most that become CIL are {MaxSlots}");
        }
    }
}
