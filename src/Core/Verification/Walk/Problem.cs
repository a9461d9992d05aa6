using System.Collections.Immutable;
using Skep.Findings;

namespace Skep.Verification.Walk;

/// <summary>Why the walk stopped: the rule, the place, and what was known there. One is enough; the walk ends with it.</summary>
/// <param name="Message">What was needed and what is known.</param>
/// <param name="Registers">The registers that matter, with what they hold.</param>
/// <param name="Path">The last branch on the way there (<see cref="BranchPath"/>).</param>
/// <param name="Note">Why Linux would not refuse it; null where it would.</param>
internal sealed record Problem(Rule Rule, int Slot, string Message, ImmutableArray<RegisterNote> Registers, int Path, string? Note);
