using System.Globalization;
using System.Text;

namespace Skep.Helpers.Formatting;

/// <summary>IP addresses as the kernel's vsnprintf writes them: %pI4 1.2.3.4, %pi4 001.002.003.004, %pI6 eight groups with colons, %pi6 without.</summary>
internal static class AddressText
{
    public const int MaxBytes = 40;

    /// <param name="address">4 or 16 bytes, in network order.</param>
    /// <param name="isPlain">Leading zeros for IPv4, no colons for IPv6.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(ReadOnlySpan<byte> address, bool isPlain, Span<byte> destination)
    {
        bool isShort = address.Length == 4;
        int written = 0;
        for (int i = 0; i < address.Length; i++)
        {
            bool separate = i > 0 && (isShort || (!isPlain && i % 2 == 0));
            if (separate)
            {
                destination[written++] = (byte)(isShort ? '.' : ':');
            }

            string format = !isShort ? "x2" : isPlain ? "d3" : "d";
            written += Encoding.ASCII.GetBytes(address[i].ToString(format, CultureInfo.InvariantCulture), destination[written..]);
        }

        return written;
    }
}
