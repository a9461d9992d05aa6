using System.Globalization;
using Skep.Jit.Code;
using Skep.Jit.X64.Encoding;

namespace Skep.Jit.X64.Tests.Encoding;

/// <summary>Every row with every register and every shape of address, read back by an independent disassembler.</summary>
public class EncoderTests
{
    private static readonly MachineRegister[] Registers = [.. Enumerable.Range(0, 16).Select(number => (MachineRegister)number)];

    public static TheoryData<int> RowNumbers => [.. Enumerable.Range(0, Rows.All.Length)];

    [Theory]
    [MemberData(nameof(RowNumbers))]
    public void Text_is_what_was_meant(int number)
    {
        EncodingRow row = Rows.All[number];
        Width[] widths = row.Widths == 0 ? [Width.Byte] : [.. Enum.GetValues<Width>().Where(width => ((int)row.Widths & (int)width) != 0)];
        foreach (Width width in widths)
        {
            if (row.Form == EncodingForm.Plain)
            {
                Expect(encoder => encoder.Plain(row, width), row.Mnemonic);
                continue;
            }

            foreach (MachineRegister register in Registers)
            {
                CheckRegisters(row, width, register);
                CheckMemory(row, width, register);
            }
        }
    }

    [Fact]
    public void Registers_in_the_opcode()
    {
        foreach (MachineRegister register in Registers)
        {
            string name = Instructions.Name(register, Width.Quad);
            Expect(encoder => encoder.Push(register), $"push {name}");
            Expect(encoder => encoder.Pop(register), $"pop {name}");
            Expect(encoder => encoder.SwapBytes(Width.Quad, register), $"bswap {name}");
            Expect(encoder => encoder.SwapBytes(Width.Double, register), $"bswap {Instructions.Name(register, Width.Double)}");
            Expect(encoder => encoder.MoveImmediate32(register, 1234567), $"mov {Instructions.Name(register, Width.Double)},1234567");
            Expect(encoder => encoder.MoveImmediate64(register, 1234567890123456789), $"mov {name},1234567890123456789");
        }
    }

    private static void CheckRegisters(EncodingRow row, Width width, MachineRegister register)
    {
        if (row.IsMemoryOnly)
        {
            return;
        }

        foreach (MachineRegister operand in Registers)
        {
            const int immediate = 17;
            MachineRegister second = (MachineRegister)(((int)operand + 5) % 16);
            string text = Text(row, width, register, OperandName(row, width, operand), immediate, second);
            Expect(encoder => encoder.Emit(row, width, register, operand, immediate, second), text);
        }
    }

    private static void CheckMemory(EncodingRow row, Width width, MachineRegister register)
    {
        if (row == Rows.VectorExclusiveOr || row == Rows.ReadProcessorId)
        {
            return;
        }

        foreach (MemoryOperand memory in Addresses())
        {
            const int immediate = -5;
            MachineRegister second = (MachineRegister)(((int)register + 3) % 16);
            string text = Text(row, width, register, Instructions.Text(memory), immediate, second);
            Expect(encoder => encoder.Emit(row, width, register, memory, immediate, second), text);
        }
    }

    private static IEnumerable<MemoryOperand> Addresses()
    {
        foreach (int displacement in (int[])[0, 8, -128, 127, 128, -129, 1 << 20])
        {
            foreach (MachineRegister origin in Registers)
            {
                yield return new MemoryOperand(origin, displacement);
            }
        }

        foreach (MachineRegister origin in (MachineRegister[])[MachineRegister.Rax, MachineRegister.Rsp, MachineRegister.Rbp, MachineRegister.R12, MachineRegister.R13, MachineRegister.None])
        {
            foreach (MachineRegister index in (MachineRegister[])[MachineRegister.Rcx, MachineRegister.Rbp, MachineRegister.R12, MachineRegister.R13, MachineRegister.R15])
            {
                for (byte shift = 0; shift <= 3; shift++)
                {
                    // Without a base, once one times the index is what every disassembler writes as a base.
                    if (origin != MachineRegister.None || shift > 0)
                    {
                        yield return new MemoryOperand(origin, 0, index, shift);
                        yield return new MemoryOperand(origin, -9, index, shift);
                        yield return new MemoryOperand(origin, 1000, index, shift);
                    }
                }
            }
        }
    }

    private static string OperandName(EncodingRow row, Width width, MachineRegister operand)
        => row.IsVector ? $"xmm{(int)operand}" : Instructions.Name(operand, row.OperandWidth ?? width);

    private static string Text(EncodingRow row, Width width, MachineRegister register, string operand, int immediate, MachineRegister second)
    {
        string name = row.IsVector ? $"xmm{(int)register}" : Instructions.Name(register, width);
        string other = Instructions.Name(second, width);
        string number = immediate.ToString(CultureInfo.InvariantCulture);
        string operands = row.Form switch
        {
            EncodingForm.Operand => operand,
            EncodingForm.RegisterOperand => $"{name},{operand}",
            EncodingForm.OperandRegister when row.Mnemonic == "xchg" => $"{name},{operand}",
            EncodingForm.OperandRegister => $"{operand},{name}",
            EncodingForm.OperandImmediate8 or EncodingForm.OperandImmediate => $"{operand},{number}",
            EncodingForm.OperandCount => $"{operand},cl",

            // The disassembler names a register once where both are the same, and takes the operands of xchg for interchangeable, which they are.
            EncodingForm.RegisterOperandImmediate8 or EncodingForm.RegisterOperandImmediate when row.Mnemonic == "imul" && name == operand => $"{name},{number}",
            EncodingForm.RegisterOperandImmediate8 or EncodingForm.RegisterOperandImmediate => $"{name},{operand},{number}",
            EncodingForm.RegisterOperandSecond => $"{name},{operand},{other}",
            _ => $"{name},{other},{operand}",
        };
        return $"{row.Mnemonic} {operands}";
    }

    private static void Expect(Action<Encoder> write, string text)
    {
        var buffer = new CodeBuffer();
        write(new Encoder(buffer));
        string actual = Instructions.Only(new CodeLayout<BranchForms>(buffer).ToCode().AsSpan());
        Assert.Equal(text, actual);
    }
}
