using System.Collections.Frozen;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Skep.Cli.Hosts;
using Skep.Cli.Output;
using Skep.Cli.Parsing;
using Skep.Contracts;
using Skep.Findings;
using Skep.Isa;
using Skep.Programs;
using Skep.Runtime;
using Skep.Verification;

namespace Skep.Cli.Exec;

/// <summary>Runs one raw program on one piece of memory and prints R0.</summary>
internal static class ExecRunner
{
    private const string RawType = "raw";
    private const byte CallOpcode = 0x85;
    private const byte CallRegisterOpcode = 0x8d;

    private static readonly Place Input = new() { Object = "program" };

    public static int Run(ExecArguments arguments)
    {
        Result<ProgramSpec> program = ReadProgram(arguments.Program);
        if (!program.IsSuccess)
        {
            return Fail(program.Findings);
        }

        return arguments.Jit is null or EngineOptions.Auto or EngineOptions.Interpreter
            ? RunInterpreted(program.Value, arguments)
            : RunCompiled(program.Value, arguments);
    }

    /// <summary>Nothing is proved, everything is checked while running, and no more is loaded than the program needs.</summary>
    private static int RunInterpreted(ProgramSpec program, ExecArguments arguments)
    {
        // Loading the helpers takes a good part of a run that calls none.
        bool calls = program.Instructions.Any(instruction => instruction.Opcode is CallOpcode or CallRegisterOpcode);
        ReadOnlySpan<string> plugins = calls ? ["Skep.Programs.Raw", "Skep.Helpers.Base"] : ["Skep.Programs.Raw"];
        Result<SkepRuntime> host = LeanHost.Create(PluginPlace.Find(arguments.PluginFolder), plugins);
        if (!host.IsSuccess)
        {
            return Fail(host.Findings);
        }

        using SkepRuntime runtime = host.Value;
        return Execute(runtime, program, arguments.Memory, VerificationPolicy.Rfc9669, EngineOptions.Interpreter);
    }

    /// <summary>Back ends come with any plugin, and compile what is proved; what cannot be proved runs in the checked interpreter, with a warning.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int RunCompiled(ProgramSpec program, ExecArguments arguments)
    {
        using var terminal = new Terminal(OutputFormat.Text, Console.Out, Console.Error);
        using CliHost host = CliHost.Create(terminal, arguments.PluginFolder, StandardErrorTrace.Instance);
        VerificationPolicy policy = VerificationPolicy.Rfc9669 with { Proof = Proof.Full, Loops = LoopPolicy.Fuel };
        return Execute(host.Runtime, program, arguments.Memory, policy, arguments.Jit!);
    }

    private static int Execute(SkepRuntime runtime, ProgramSpec program, byte[] memory, VerificationPolicy policy, string engine)
    {
        var options = new LoadOptions { DefaultProgramType = RawType, Verification = policy, Engine = engine };
        Result<LoadedProgram> loaded = runtime.LoadProgram(program, FrozenDictionary<string, LoadedMap>.Empty, options);
        Print(loaded.Findings);
        return loaded.IsSuccess ? Run(loaded.Value, memory) : ExitCode.Failure;
    }

    private static unsafe int Run(LoadedProgram program, byte[] memory)
    {
        void* copy = memory.Length == 0 ? null : NativeMemory.AlignedAlloc((nuint)memory.Length, 16);
        try
        {
            memory.CopyTo(new Span<byte>(copy, memory.Length));
            MemoryRegion region = copy is null ? MemoryRegion.None : new MemoryRegion((nint)copy, (nuint)memory.Length, MemoryAccess.ReadWrite);
            RunResult result = program.RunEvent(region);
            if (!result.Completed)
            {
                return Fail([TrapFinding.Create(program, result.Trap)]);
            }

            Console.Out.WriteLine(result.Value.ToString("x", CultureInfo.InvariantCulture));
            return ExitCode.Success;
        }
        finally
        {
            NativeMemory.AlignedFree(copy);
        }
    }

    private static Result<ProgramSpec> ReadProgram(byte[]? given)
    {
        byte[]? bytes = given;
        if (bytes is null)
        {
            // Three characters a byte, and as much again for generous white space.
            int most = Limits.Default.MaxInstructions * RawInstruction.Size * 6;
            string? text = ReadInput(most);
            if (text is null)
            {
                return Result<ProgramSpec>.Failure(CliRules.BadProgramText.Error(Input, $"standard input holds more than {most} characters"));
            }

            if (!HexText.TryParse(text, out bytes, out string problem))
            {
                return Result<ProgramSpec>.Failure(CliRules.BadHexadecimal.Error(Input, problem));
            }
        }

        if (bytes.Length == 0 || bytes.Length % RawInstruction.Size != 0)
        {
            return Result<ProgramSpec>.Failure(CliRules.BadProgramText.Error(Input, $"the program has {bytes.Length} bytes; expected a multiple of {RawInstruction.Size} above 0"));
        }

        return Result<ProgramSpec>.Success(new ProgramSpec { Name = "program", License = "GPL", Instructions = [.. RawInstruction.FromBytes(bytes)] });
    }

    /// <summary>All of standard input; null when it is longer than <paramref name="most"/> characters.</summary>
    private static string? ReadInput(int most)
    {
        var text = new System.Text.StringBuilder();
        var buffer = new char[4096];
        TextReader input = Console.In;
        int read;
        while ((read = input.Read(buffer, 0, buffer.Length)) > 0)
        {
            if (text.Append(buffer, 0, read).Length > most)
            {
                return null;
            }
        }

        return text.ToString();
    }

    private static int Fail(IEnumerable<Finding> findings)
    {
        Print(findings);
        return ExitCode.Failure;
    }

    private static void Print(IEnumerable<Finding> findings)
    {
        foreach (Finding finding in findings)
        {
            FindingPrinter.Print(Console.Error, finding, Paint.OfError);
        }
    }
}
