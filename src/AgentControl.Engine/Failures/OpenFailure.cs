namespace AgentControl.Engine.Failures;

/// <summary>The function <c>ac_open_failure</c> inside queries.</summary>
internal static class OpenFailure
{
    /// <summary>The group of the job's failure that still stands; null where it does not, or there is none.</summary>
    public static Guid? Of(Guid jobId) => throw new NotSupportedException("It is translated to SQL.");
}
