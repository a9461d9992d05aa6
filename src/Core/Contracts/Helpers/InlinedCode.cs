using System.Collections.Immutable;
using Skep.Isa;

namespace Skep.Contracts;

/// <summary>
/// Instructions that stand in the place of a helper's call. They find the arguments in R1 to R5 and leave the result in R0; they end by running off their end, to which their
/// branches may lead too.
/// </summary>
/// <remarks>
/// They write no registers but R0 to R5, which a call clobbers anyway, do not use the program's stack, call nothing, and touch no memory but what the arguments point
/// to and what lies as long as the program does (it holds its maps and helpers). Like the helper they are trusted: nobody checks what they access. Programs get
/// others when the helper's plugin is upgraded.
/// </remarks>
public sealed class InlinedCode
{
    /// <param name="instructions">As a program has them; 64-bit immediates with their continuation.</param>
    /// <exception cref="ArgumentException">Something is not as <see cref="InlinedCode"/> asks for.</exception>
    public InlinedCode(ImmutableArray<Instruction> instructions)
    {
        Instructions = instructions;
        if (InlinedCodeRules.FindProblem(instructions) is { } problem)
        {
            throw new ArgumentException(problem, nameof(instructions));
        }
    }

    public ImmutableArray<Instruction> Instructions { get; }

    /// <summary>It is slower than the call where instructions are interpreted.</summary>
    public bool IsForCompiledCode { get; init; }

    /// <summary>Reads the text that <see cref="Assembler"/> takes.</summary>
    /// <exception cref="ArgumentException">The text has errors, or something is not as <see cref="InlinedCode"/> asks for.</exception>
    public static InlinedCode Assemble(string text, bool isForCompiledCode = false)
    {
        AssemblerResult assembled = Assembler.Assemble(text);
        return assembled.Succeeded
            ? new InlinedCode(assembled.Instructions) { IsForCompiledCode = isForCompiledCode }
            : throw new ArgumentException(string.Join("; ", assembled.Errors), nameof(text));
    }
}
