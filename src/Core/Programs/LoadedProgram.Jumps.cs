using Skep.Execution.Calls;

namespace Skep.Programs;

/// <content>What makes machine code of other programs jump here.</content>
public sealed unsafe partial class LoadedProgram
{
    private JumpTarget? _jump;
    private JumpPlace? _jumpPlace;
    private ProgramBody? _jumpBody;

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
                    _jump = new JumpTarget();
                    Statistics.OnChange = OfferJump;
                    PointJump();
                }

                return _jump.Address;
            }
        }
    }

    /// <summary>Makes the words those of the body as it is now. Nobody is in the middle of reading them: they were never open, or closed when the old body was left, and no run is in that any more.</summary>
    private void PointJump()
    {
        lock (_gate)
        {
            if (!_isGone && _jump is not null && _jumpBody != _body)
            {
                _jumpBody = _body;
                _jumpPlace = _body.JumpPlace;
                _jump.Point(_jumpPlace, _body.Handle, _body.RequiredContext);
                OfferJump();
            }
        }
    }

    /// <summary>Where the program moves to another engine or body, what was jumped to goes away: then there is no more jump.</summary>
    private void OfferJump()
    {
        lock (_gate)
        {
            if (!_isGone)
            {
                _jump?.Offer(_jumpPlace is not null && _jumpBody == _body && _body.JumpPlace == _jumpPlace && !Statistics.Enabled);
            }
        }
    }
}
