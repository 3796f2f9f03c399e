namespace AgentControl.Web.Shell;

/// <summary>The number at the bell: how much of the feed the signed-in person has not read.</summary>
internal interface IUnreadNews
{
    Task<int> CountAsync(CancellationToken cancellationToken);
}

/// <summary>Counts nothing; stands in where no news are stored.</summary>
internal sealed class NoUnreadNews : IUnreadNews
{
    public Task<int> CountAsync(CancellationToken cancellationToken) => Task.FromResult(0);
}
