using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Access;

/// <summary>A person to be made.</summary>
public sealed record NewPerson(string Name, string Email, string Password)
{
    internal async Task<Person> ToRowAsync(ControlDbContext context, CancellationToken cancellationToken)
    {
        return new Person
        {
            Id = Guid.CreateVersion7(),
            UserName = Name.Trim(),
            DisplayName = Name.Trim(),
            Email = Email.Trim(),
            CreatedAt = await context.NowAsync(cancellationToken),
            LockoutEnabled = true,
        };
    }
}
