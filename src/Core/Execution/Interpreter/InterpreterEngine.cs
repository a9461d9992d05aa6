using Skep.Programs;
using Skep.Runtime;

namespace Skep.Execution.Interpreter;

/// <summary>Makes interpreters for programs.</summary>
internal static class InterpreterEngine
{
    public const string Name = "interpreter";

    /// <summary>The interpreter that checks at run time whatever the verifier did not prove.</summary>
    public static ProgramEngine Create(LoweredProgram program, Limits limits)
        => program.Verified.Facts switch
        {
            { Proof: Proof.Full, FuelSlots.IsEmpty: true } when program.HelperIndexByNumber.Count == 0 => CreateUnchecked(program, limits),
            { Proof: Proof.Full } when program.HelperIndexByNumber.Count == 0 => CreateFueled(program, limits),
            _ => CreateChecked(program, limits),
        };

    /// <summary>For a program of which nothing but the structure is known: it cannot harm the host, whatever it does.</summary>
    public static ProgramEngine CreateChecked(LoweredProgram program, Limits limits) => new Interpreter<Checked>(program, limits);

    /// <summary>For a program that is known to touch only memory of its own and to call helpers rightly. Nothing checks that here.</summary>
    public static ProgramEngine CreateUnchecked(LoweredProgram program, Limits limits) => new Interpreter<Unchecked>(program, limits);

    /// <summary>As <see cref="CreateUnchecked"/>, for a program with loops that only fuel ends (<see cref="ProgramFacts.FuelSlots"/>).</summary>
    public static ProgramEngine CreateFueled(LoweredProgram program, Limits limits) => new Interpreter<Fueled>(program, limits);
}
