namespace AgentControl.Benchmarks;

/// <summary>One measured figure beside its limit or peer of the same run.</summary>
/// <param name="Ours">In <paramref name="Unit"/>.</param>
/// <param name="Peer">The peer's or the limit's, in the same unit; null where the figure stands alone.</param>
/// <param name="Need">What must be reached: a ratio where there is a peer, otherwise in the unit.</param>
internal sealed record Figure(
    string Name,
    string Unit,
    double Ours,
    double? Peer,
    string? PeerName,
    string Need,
    string Aim
)
{
    public double? Ratio => Peer is > 0 ? Ours / Peer : null;
}
