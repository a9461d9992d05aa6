using Skep.Execution.Calls;

namespace Skep.Programs;

/// <content>What makes machine code of other programs jump here.</content>
public sealed unsafe partial class LoadedProgram
{
    private JumpTarget? _jump;
    private JumpPlace? _jumpPlace;

    /// <summary>
    /// For <see cref="Contracts.JumpTable"/>: the address of this program's words, good until the program is unloaded. Whether machine code may jump is for them to say: it may not
    /// while runs are counted, nor where the engine or the proof needs more than a jump looks at.
    /// </summary>
    internal nint JumpAddress
    {
        get
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_isGone, this);
                if (_jump is null)
                {
                    _jumpPlace = _requiredPointers.Length == 0 ? _engine.JumpPlace : null;
                    _jump = new JumpTarget(_jumpPlace, SelfHandle, _requiredContext);
                    Statistics.OnChange = OfferJump;
                    OfferJump();
                }

                return _jump.Address;
            }
        }
    }

    /// <summary>Where the program moves to another engine, what was jumped to goes away: then there is no more jump.</summary>
    private void OfferJump()
    {
        lock (_gate)
        {
            if (!_isGone)
            {
                _jump?.Offer(_jumpPlace is not null && _engine.JumpPlace == _jumpPlace && !Statistics.Enabled);
            }
        }
    }
}
