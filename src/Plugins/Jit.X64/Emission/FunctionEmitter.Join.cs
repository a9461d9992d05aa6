namespace Skep.Jit.X64.Emission;

/// <content>Joins.</content>
internal sealed partial class FunctionEmitter
{
    private int Join(int slot) => 0;
}
