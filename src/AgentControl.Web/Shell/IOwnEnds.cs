namespace AgentControl.Web.Shell;

/// <summary>A job of the signed-in person that ended.</summary>
internal sealed record OwnEnd(string Name, string Label, DateTimeOffset At);

/// <summary>Which jobs ended that the signed-in person started; parts of other jobs are left out.</summary>
internal interface IOwnEnds
{
    Task<IReadOnlyList<OwnEnd>> SinceAsync(DateTimeOffset since, CancellationToken cancellationToken);
}

/// <summary>None; stands in where no jobs are stored.</summary>
internal sealed class NoOwnEnds : IOwnEnds
{
    public Task<IReadOnlyList<OwnEnd>> SinceAsync(DateTimeOffset since, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<OwnEnd>>([]);
}
