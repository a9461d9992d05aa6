using Skep.Jit.Code;
using Skep.Jit.X64.Encoding;

namespace Skep.Jit.X64.Tests.Encoding;

/// <summary>Branches get their short form exactly where it reaches.</summary>
public class BranchFormsTests
{
    [Theory]
    [InlineData(127, 2)]
    [InlineData(128, 5)]
    public void Forward(int distance, int length)
    {
        var buffer = new CodeBuffer();
        CodeLabel target = buffer.NewLabel();
        buffer.Branch(BranchForms.Jump, target);
        buffer.Append(new byte[distance]);
        buffer.Bind(target);
        Assert.Equal(distance + length, new CodeLayout<BranchForms>(buffer).Length);
    }

    [Theory]
    [InlineData(126, 2)]
    [InlineData(127, 6)]
    public void Backward(int distance, int length)
    {
        var buffer = new CodeBuffer();
        CodeLabel target = buffer.NewLabel();
        buffer.Bind(target);
        buffer.Append(new byte[distance]);
        buffer.Branch(BranchForms.JumpIf(Condition.Less), target);
        Assert.Equal(distance + length, new CodeLayout<BranchForms>(buffer).Length);
    }

    [Fact]
    public void Targets_are_hit_whatever_lies_between()
    {
        var random = new Random(17);
        for (int round = 0; round < 50; round++)
        {
            var buffer = new CodeBuffer();
            CodeLabel first = buffer.NewLabels(40);
            var targets = new List<int>();
            for (int i = 0; i < 40; i++)
            {
                buffer.Align(16, random.Next(0, 16));
                buffer.Bind(new CodeLabel(first.Index + i));

                // A place is marked by an instruction with its number.
                new Encoder(buffer).MoveImmediate32(MachineRegister.Rax, (uint)i);
                int target = random.Next(40);
                targets.Add(target);
                buffer.Branch(random.Next(3) switch { 0 => BranchForms.Jump, 1 => BranchForms.Call, _ => BranchForms.JumpIf(Condition.Equal) }, new CodeLabel(first.Index + target));
                buffer.Append(Enumerable.Repeat((byte)0x90, random.Next(60)).ToArray());
            }

            CheckTargets(new CodeLayout<BranchForms>(buffer).ToCode().ToArray(), targets);
        }
    }

    private static void CheckTargets(byte[] code, List<int> targets)
    {
        var decoder = Iced.Intel.Decoder.Create(64, new Iced.Intel.ByteArrayCodeReader(code));
        var places = new Dictionary<ulong, int>();
        var branches = new List<ulong>();
        while (decoder.IP < (ulong)code.Length)
        {
            decoder.Decode(out Iced.Intel.Instruction instruction);
            Assert.False(instruction.IsInvalid);
            if (instruction.Mnemonic == Iced.Intel.Mnemonic.Mov)
            {
                places.Add(instruction.IP, (int)instruction.Immediate32);
            }
            else if (instruction.Mnemonic != Iced.Intel.Mnemonic.Nop)
            {
                branches.Add(instruction.NearBranchTarget);
            }
        }

        Assert.Equal(targets, branches.Select(branch => places[branch]));
    }
}
