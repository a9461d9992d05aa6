using Skep.Findings;
using Skep.Programs;

namespace Skep.Loading.Tests;

/// <summary>Shorthands for reading objects and looking into the result.</summary>
internal static class Objects
{
    public static ObjectSpec Read(byte[] image, string name = "test.bpf.o")
    {
        Result<ObjectSpec> result = ObjectFile.Read(image, name);
        Assert.True(result.IsSuccess, string.Join('\n', result.Findings));
        Assert.DoesNotContain(result.Findings, finding => finding.IsError);
        foreach (ProgramSpec program in result.Value.Programs)
        {
            AssertWellFormed(program);
        }

        return result.Value;
    }

    public static Finding OnlyError(byte[] image, LoadingLimits? limits = null)
    {
        Result<ObjectSpec> result = ObjectFile.Read(image, "test.bpf.o", limits);
        Assert.Null(result.Value);
        Finding error = Assert.Single(result.Findings, finding => finding.IsError);
        Assert.Equal("test.bpf.o", error.Place.File);
        Assert.NotEmpty(error.Message);
        return error;
    }

    /// <summary>What every program promises: sorted lists, functions without gaps, references on instructions that can hold them.</summary>
    public static void AssertWellFormed(ProgramSpec program)
    {
        int length = program.Instructions.Length;
        int end = 0;
        foreach (FunctionSpec function in program.Functions)
        {
            Assert.Equal(end, function.Start.Value);
            end += function.Length;
        }

        Assert.Equal(length, end);
        AssertSorted(program.References.Select(reference => reference.Slot.Value), length);
        AssertSorted(program.Lines.Select(line => line.Slot.Value), length);
        AssertSorted(program.CoreRelocations.Select(relocation => relocation.Slot.Value), length);
        foreach (Reference reference in program.References)
        {
            int slot = reference.Slot.Value;
            var (opcode, source) = (program.Instructions[slot].Opcode, program.Instructions[slot].Source);
            switch (reference)
            {
                case MapReference:
                    Assert.Equal((0x18, 1), (opcode, source));
                    break;
                case MapValueReference value:
                    Assert.Equal((0x18, 2), (opcode, source));
                    Assert.Equal(value.Offset, (uint)program.Instructions[slot + 1].Immediate);
                    break;
                case FunctionReference function:
                    Assert.Equal((0x18, 4), (opcode, source));
                    Assert.Contains(program.Functions, candidate => candidate.Start == function.Target);
                    Assert.Equal(function.Target.Value, slot + program.Instructions[slot].Immediate + 1);
                    break;
                case ExternReference { Kind: ExternKind.NamedFunction }:
                    Assert.True((opcode, source) is (0x85, 2) or (0x18, 3));
                    break;
                default:
                    Assert.Equal(0x18, opcode);
                    break;
            }
        }
    }

    /// <summary>The functions that calls inside the program lead to, by caller.</summary>
    public static IEnumerable<(string Caller, string Callee)> Calls(ProgramSpec program)
    {
        foreach (FunctionSpec function in program.Functions)
        {
            for (int slot = function.Start.Value; slot < function.Start.Value + function.Length; slot++)
            {
                if (program.Instructions[slot].Opcode == 0x18)
                {
                    slot++;
                }
                else if (program.Instructions[slot] is { Opcode: 0x85, Source: 1 } call)
                {
                    yield return (function.Name, program.Functions.Single(callee => callee.Start.Value == slot + 1 + call.Immediate).Name);
                }
            }
        }
    }

    private static void AssertSorted(IEnumerable<int> slots, int length)
    {
        int previous = -1;
        foreach (int slot in slots)
        {
            Assert.InRange(slot, previous + 1, length - 1);
            previous = slot;
        }
    }
}
