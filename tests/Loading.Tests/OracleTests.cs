using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Skep.Programs;

namespace Skep.Loading.Tests;

/// <summary>What llvm-objdump shows of the same object: every function is there, with its instructions.</summary>
public sealed partial class OracleTests
{
    [Theory]
    [InlineData("subprograms.bpf.c")]
    [InlineData("maps.bpf.c")]
    [InlineData("data.bpf.c")]
    [InlineData("core.bpf.c")]
    public void Functions_and_instructions_are_those_of_objdump(string source)
    {
        string? tool = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(folder => (string[])["llvm-objdump", "llvm-objdump-14", "llvm-objdump-16", "llvm-objdump-19"], Path.Combine).FirstOrDefault(File.Exists);
        Assert.SkipUnless(tool is not null, "no llvm-objdump in PATH");

        byte[] image = Toolchain.Compile(Toolchain.Newest, source, "-mcpu=v2");
        Dictionary<string, List<ulong>> dumped = Dump(tool, image);
        foreach (ProgramSpec program in Objects.Read(image).Programs)
        {
            foreach (FunctionSpec function in program.Functions)
            {
                List<ulong> expected = dumped[function.Name];
                Assert.Equal(expected.Count, function.Length);
                for (int slot = 0; slot < function.Length; slot++)
                {
                    // Immediates and source registers are what relocation changes.
                    bool isRelocatable = (byte)expected[slot] is 0x18 or 0x85 || (slot > 0 && (byte)expected[slot - 1] == 0x18);
                    ulong mask = isRelocatable ? 0xffff0fff : ulong.MaxValue;
                    Assert.Equal(expected[slot] & mask, program.Instructions[function.Start.Value + slot].Bits & mask);
                }
            }
        }
    }

    private static Dictionary<string, List<ulong>> Dump(string tool, byte[] image)
    {
        string path = Path.GetTempFileName();
        File.WriteAllBytes(path, image);
        using Process process = Process.Start(new ProcessStartInfo(tool, ["-d", path]) { RedirectStandardOutput = true })!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        File.Delete(path);

        var functions = new Dictionary<string, List<ulong>>();
        List<ulong> current = [];
        foreach (string line in text.Split('\n'))
        {
            if (FunctionLine().Match(line) is { Success: true } start && !start.Groups[1].Value.StartsWith("LBB", StringComparison.Ordinal))
            {
                functions.Add(start.Groups[1].Value, current = []);
            }
            else if (InstructionLine().Match(line) is { Success: true } instruction)
            {
                byte[] bytes = [.. instruction.Groups[1].Value.Trim().Split(' ').Select(part => byte.Parse(part, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
                for (int place = 0; place < bytes.Length; place += 8)
                {
                    current.Add(BitConverter.ToUInt64(bytes, place));
                }
            }
        }

        return functions;
    }

    [GeneratedRegex("^[0-9a-f]{16} <(.*)>:")]
    private static partial Regex FunctionLine();

    [GeneratedRegex(@"^\s+[0-9]+:\s((?:[0-9a-f]{2} )+|(?:[0-9a-f]{2} )*[0-9a-f]{2})\t")]
    private static partial Regex InstructionLine();
}
