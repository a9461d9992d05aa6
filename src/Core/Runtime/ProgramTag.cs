using System.Buffers.Binary;
using System.Security.Cryptography;
using Skep.Programs;

namespace Skep.Runtime;

/// <summary>The tag of a program: equal code has an equal tag, whatever maps it uses (kernel/bpf/core.c, bpf_prog_calc_tag).</summary>
internal static class ProgramTag
{
    private const int TagBytes = 8;

    public static string Compute(ProgramSpec spec)
    {
        byte[] image = new byte[spec.Instructions.Length * sizeof(ulong)];
        for (int slot = 0; slot < spec.Instructions.Length; slot++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(image.AsSpan(slot * sizeof(ulong)), spec.Instructions[slot].Bits);
        }

        foreach (Reference reference in spec.References)
        {
            if (reference is MapReference or MapValueReference)
            {
                Blank(image, reference.Slot.Value);
                Blank(image, reference.Slot.Value + 1);
            }
        }

        return Convert.ToHexStringLower(SHA256.HashData(image).AsSpan(0, TagBytes));
    }

    /// <summary>Clears the immediate of a slot.</summary>
    private static void Blank(byte[] image, int slot)
    {
        if ((slot + 1) * sizeof(ulong) <= image.Length)
        {
            image.AsSpan((slot * sizeof(ulong)) + sizeof(int), sizeof(int)).Clear();
        }
    }
}
