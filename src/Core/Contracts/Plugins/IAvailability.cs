using Skep.Findings;

namespace Skep.Contracts;

/// <summary>A provider whose ability depends on the machine implements this too; <c>skep feature</c> reports it.</summary>
public interface IAvailability
{
    /// <summary>Looks whether the provider can work here and now, without lasting effect.</summary>
    /// <returns>Null when it can; otherwise the finding that says what is missing and how to get it.</returns>
    Finding? FindObstacle();
}
