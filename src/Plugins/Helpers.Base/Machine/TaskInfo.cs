using System.Text;

namespace Skep.Helpers.Machine;

/// <summary>A task's name and real ids. Immutable.</summary>
internal sealed class TaskInfo(byte[] command, uint? user, uint? group)
{
    /// <summary>At most 15 bytes, without NUL.</summary>
    public ReadOnlySpan<byte> CommandBytes => command;

    public string Command { get; } = Encoding.UTF8.GetString(command);

    public uint? User => user;

    public uint? Group => group;
}
