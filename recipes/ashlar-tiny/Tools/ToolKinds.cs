namespace Ashlar.Tiny.Tools;

/// <summary>The tools that conversations offer.</summary>
internal static class ToolKinds
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<ToolKind> All { get; } =
    [
        new(
            ["get_weather", "weather", "check_weather"], "Get the weather in a city",
            [new("city", "city", "city", "place", "location")],
            [
                "What is the weather in {city}?", "How is the weather in {city}[| today]?",
                "[Is it warm|Does it rain] in {city}?", "Tell me the weather in {city}.", "Weather in {city}[, please|]?",
                "Should I take an umbrella to {city}?", "Will I be cold in {city}?", "Is the sun out in {city}?",
                "I travel to {city}. What is the sky like[| there]?", "Is {city} warm[| today| now]?",
                "How cold does it get in {city}?",
            ],
            [
                "check the weather of {city}", "find out how warm it is in {city}", "look up today's weather for {city}",
                "find out if it snows in {city}", "say whether the sun shines in {city}", "get me the weather report of {city}",
            ],
            ["What is the weather like in {city}?", "Do I need a coat in {city}?"],
            """{"degrees": {number}}""",
            "It is {number} degrees in {city}."),
        new(
            ["set_timer", "start_timer", "timer"], "Start a timer",
            [new("minutes", "number", "minutes", "duration")],
            [
                "Set a timer for {minutes} minutes.", "Start a timer of {minutes} minutes.",
                "[Please wake|Wake] me in {minutes} minutes.", "Timer, {minutes} minutes.",
                "Can you [set|start] a timer for {minutes} minutes?", "{minutes} minutes from now I must stop.",
                "The eggs need {minutes} minutes. Watch the time.", "Ring in {minutes} minutes.",
                "My tea is done in {minutes} minutes, time it.", "I have {minutes} minutes. Count them.",
                "Is there a timer? {minutes} minutes[, please|].",
            ],
            [
                "set the timer to {minutes} minutes", "let a timer run for {minutes} minutes", "measure {minutes} minutes",
                "count down {minutes} minutes", "remind me in {minutes} minutes", "time {minutes} minutes for me",
            ],
            ["I need a timer for {minutes} minutes.", "Tell me when {minutes} minutes are over."],
            """{"ok": true}""",
            "The timer is set to {minutes} minutes."),
        new(
            ["set_alarm", "add_alarm"], "Set an alarm",
            [new("time", "hour", "time", "at")],
            [
                "Set an alarm for {time}.", "Wake me [up |]at {time}.", "[I need an|Make an] alarm at {time}.",
                "Can you set an alarm for {time}?", "I have to rise at {time}.", "I must not sleep longer than {time}.",
                "Tomorrow I get up at {time}. Wake me.", "My day begins at {time}, so wake me then.", "Alarm, {time}.",
                "Is there an alarm for {time}? If not, set one.",
            ],
            [
                "wake us at {time}", "set the alarm to {time}", "let the alarm go off at {time}",
                "make sure that I wake at {time}", "ring at {time}", "put the alarm clock on {time}",
            ],
            ["Please get me up at {time}.", "The alarm should ring at {time}."],
            """{"ok": true}""",
            "The alarm is set for {time}."),
        new(
            ["send_message", "write_message", "send_text"], "Send a message to a person",
            [new("person", "person", "to", "person", "name"), new("message", "message", "text", "message")],
            [
                "Send {person} a message: {message}.", "Write to {person}: {message}.", "Tell {person}: {message}.",
                "[Please send|Send] the message \"{message}\" to {person}.", "{person} should read this: {message}.",
                "Text for {person}: {message}.", "{message}. Send that to {person}.", "I want to tell {person}: {message}.",
                "{person} must hear this: {message}.", "Message to {person}: {message}.",
            ],
            [
                "text {person}: {message}", "tell {person} this: {message}", "write {person} a message that says: {message}",
                "send this to {person}: {message}", "pass on to {person}: {message}", "drop {person} a line: {message}",
            ],
            ["Message {person} and say: {message}.", "Let {person} know: {message}."],
            """{"sent": true}""",
            "I sent your message to {person}."),
        new(
            ["switch_light", "set_light", "light"], "Switch the light in a room on or off",
            [new("room", "room", "room", "where"), new("state", "switch", "on", "state")],
            [
                "Turn {state} the light in the {room}.", "Switch the {room} light {state}.",
                "Light {state} in the {room}[, please|].", "[Can you turn|Please turn] the light in the {room} {state}?",
                "The light in the {room} should be {state}.", "Why is the light in the {room} not {state}?",
                "{room} light {state}!", "I need the light {state} in the {room}.", "Is the {room} light {state}? Make it so.",
                "It is better with the light {state} in the {room}.",
            ],
            [
                "switch the light {state} in the {room}", "put the {room} light {state}",
                "have the light {state} in the {room}", "see that the {room} light is {state}",
                "turn the lamp {state} that is in the {room}", "turn the {room} lamp {state}",
            ],
            ["Switch {state} the light of the {room}.", "I want the {room} light {state}."],
            """{"ok": true}""",
            "The light in the {room} is {state}."),
        new(
            ["set_colour", "paint_light"], "Set the colour of the light in a room",
            [new("room", "room", "room", "where"), new("colour", "colour", "colour", "shade")],
            [
                "Make the light in the {room} {colour}.", "[Set|Turn] the {room} light to {colour}.",
                "I want {colour} light in the {room}.", "Some {colour} light in the {room}, please.",
                "The {room} light should be {colour}.", "{colour} is what the {room} light should be.",
                "How about {colour} light in the {room}?", "I like the {room} best in {colour} light.",
                "Let the {room} shine {colour}.", "Light in the {room}: {colour}.",
            ],
            [
                "colour the light in the {room} {colour}", "let the {room} light shine {colour}",
                "give the {room} {colour} light", "turn the lamp of the {room} {colour}", "paint the {room} light {colour}",
                "pick {colour} for the light in the {room}",
            ],
            ["Change the light in the {room} to {colour}.", "Can the light in the {room} be {colour}?"],
            """{"ok": true}""",
            "The light in the {room} is {colour} now."),
        new(
            ["play_song", "play", "play_music"], "Play a song",
            [new("song", "song", "title", "song")],
            [
                "Play {song}.", "[Please play|Can you play] the song {song}[.|?]", "I want to hear {song}.", "Put on {song}.",
                "Start the song {song}.", "I feel like hearing {song}.", "My song is {song}. Play it.",
                "Do you know {song}? Play it.", "{song}, please.", "How about some music? {song}.",
                "The next song should be {song}.",
            ],
            [
                "play me {song}", "put the song {song} on", "let us hear {song}", "turn on {song}", "start playing {song}",
                "find the song {song} and play it",
            ],
            ["Let me listen to {song}.", "Could you play {song} for me?"],
            """{"playing": true}""",
            "Now you hear {song}."),
        new(
            ["add_item", "add_to_list", "put_on_list"], "Add something to the shopping list",
            [new("thing", "thing", "item", "what")],
            [
                "Add {thing} to [the|my] [list|shopping list].", "Put {thing} on [the|my] list.",
                "We need {thing}. [Write it down.|Put it on the list.]", "I must buy {thing}. Add it to the list.",
                "There is no {thing} left. Note it.", "I forgot {thing}, note it for the shop.", "Shopping list: {thing}.",
                "Do not let me forget {thing} when I shop.", "{thing} must go on the list.", "At the shop I need {thing}.",
            ],
            [
                "add {thing} to what I have to buy", "note {thing} for shopping", "put {thing} down for the shop",
                "include {thing} in the shopping list", "remember {thing} for the shopping", "enter {thing} on the list",
            ],
            ["Write {thing} on my shopping list.", "My list is missing {thing}, please add it."],
            """{"items": {number}}""",
            "Your list has {number} things now."),
        new(
            ["translate", "translate_word"], "Translate a word",
            [new("word", "word", "word", "text"), new("language", "language", "language", "to")],
            [
                "Translate {word} [to|into] {language}.", "What is {word} in {language}?",
                "How do you say {word} in {language}?", "The word {word} in {language}[, please|]?",
                "How would they say {word} in {language}?", "{word}: what is that in {language}?",
                "I need {word} in {language}.", "My {language} is bad. What is {word}?", "Which {language} word means {word}?",
                "I forgot what {word} is in {language}.",
            ],
            [
                "translate the word {word} into {language}", "say {word} in {language}", "put {word} into {language}",
                "turn {word} into {language}", "find the {language} for {word}", "tell us what {word} is in {language}",
            ],
            ["Give me the {language} word for {word}.", "What is the word for {word} in {language}?"],
            """{"found": true}""",
            "I found {word} in {language}."),
        new(
            ["book_table", "reserve_table"], "Book a table at a restaurant",
            [new("people", "small", "people", "guests"), new("time", "hour", "time", "at")],
            [
                "Book a table for {people} [people |]at {time}.",
                "[Please reserve|Reserve] a table at {time} for {people} people.",
                "We are {people} and want to eat at {time}. Book a table.", "Get a table for {people} at {time}.",
                "There will be {people} of us for dinner at {time}. Reserve.", "Dinner at {time}, {people} people. Book it.",
                "Is there a table for {people} at {time}?", "{people} of us want a table at {time}.",
                "At {time} we are {people} and hungry, so book something.", "A table, {people} people, {time}.",
            ],
            [
                "book a table at {time} for {people}", "reserve a table for {people} at {time}",
                "see that we get a table for {people} at {time}", "get {people} people a table at {time}",
                "order a table for {people} guests at {time}", "keep a table for {people} at {time}",
            ],
            ["I need a table for {people} people at {time}.", "Can you book us a table at {time}? We are {people}."],
            """{"booked": true}""",
            "A table for {people} is booked at {time}."),
        new(
            ["find_train", "search_train", "trains"], "Find a train from one city to another",
            [new("from", "city", "from", "start"), new("to", "city", "to", "end")],
            [
                "Find a train from {from} to {to}.", "When does a train go from {from} to {to}?",
                "I want to go from {from} to {to}[| by train].", "Trains from {from} to {to}[, please|]?",
                "I must be in {to}, I am in {from}. Which train is there?", "Is there a train to {to} from {from}?",
                "I start in {from} and end in {to}, by train.", "What trains go to {to} from {from}?",
                "Is there a way by train from {from} to {to}?", "{from} to {to}: which train?",
            ],
            [
                "find me a train to {to} from {from}", "look up trains from {from} to {to}",
                "search a train that goes from {from} to {to}", "show me the next train from {from} to {to}",
                "bring me from {from} to {to} by train", "find out when trains leave {from} for {to}",
            ],
            ["Which train goes from {from} to {to}?", "How do I get from {from} to {to} by train?"],
            """{"hour": {number}}""",
            "A train leaves {from} at {number}."),
        new(
            ["convert_money", "exchange"], "Convert money",
            [new("amount", "number", "amount", "sum"), new("a", "coin", "from", "source"), new("b", "coin", "to", "target")],
            [
                "Convert {amount} {a} to {b}.", "How many {b} are {amount} {a}?", "What are {amount} {a} in {b}?",
                "Change {amount} {a} into {b}.", "I pay {amount} {a}. What is it in {b}?",
                "How much are {amount} {a} worth in {b}?", "{amount} {a}: how many {b}?",
                "If I have {amount} {a}, how many {b} do I get?", "The price is {amount} {a}. I think in {b}.",
                "What would {amount} {a} make in {b}?",
            ],
            [
                "turn {amount} {a} into {b}", "exchange {amount} {a} for {b}", "work out {amount} {a} in {b}",
                "say what {amount} {a} are in {b}", "find out how many {b} I get for {amount} {a}", "count {amount} {a} in {b}",
            ],
            ["I have {amount} {a}. How much is that in {b}?", "{amount} {a} in {b}, please."],
            """{"amount": {number}}""",
            "{amount} {a} are {number} {b}."),
        new(
            ["add_event", "make_event", "calendar_add"], "Put an event into the calendar",
            [new("day", "day", "day", "date"), new("time", "hour", "time", "at"), new("person", "person", "with", "person")],
            [
                "I meet {person} on {day} at {time}. [Put it into the calendar.|Write it down.]",
                "Add to [the|my] calendar: {person}, {day}, {time}.", "Plan a meeting with {person} on {day} at {time}.",
                "{day}, {time}: {person}. Note it.", "I will see {person} on {day} at {time}. Keep that in mind.",
                "My meeting with {person} is on {day} at {time}.", "{person} comes on {day} at {time}, so note that.",
                "Do not let me forget {person} on {day} at {time}.", "The calendar should say {person} on {day} at {time}.",
            ],
            [
                "plan {person} for {day} at {time}", "add a meeting with {person} on {day} at {time}",
                "enter {person} for {day} at {time} in the calendar", "note that I meet {person} on {day} at {time}",
                "mark {day} at {time} for {person}", "make an event with {person} on {day} at {time}",
            ],
            [
                "Put {person} into my calendar for {day} at {time}.",
                "On {day} at {time} I see {person}, add that to the calendar.",
            ],
            """{"ok": true}""",
            "You meet {person} on {day} at {time}."),
        new(
            ["read_file", "open_file", "show_file"], "Read a file",
            [new("file", "file", "path", "file", "name")],
            [
                "Read {file}.", "[What is in|Open|Show me] the file {file}[.|?]", "Show me {file}.", "What does {file} say?",
                "What is written in {file}?", "I want to see {file}.", "I wonder what {file} holds.",
                "Is there anything in {file}?", "The file {file}: what is in it?", "Let me see {file}.",
            ],
            [
                "open the file {file}", "show what is in {file}", "read me {file}", "look into {file}", "print {file}",
                "tell me what the file {file} says",
            ],
            ["What stands in {file}?", "Please open {file} for me."],
            """{"lines": {number}}""",
            "The file {file} has {number} lines."),
        new(
            ["search", "web_search", "look_up"], "Search for a subject",
            [new("subject", "subject", "query", "subject", "q")],
            [
                "Search for {subject}.", "Look up {subject}.", "Find [something|texts] about {subject}.",
                "[I want to|Let me] read about {subject}.", "I am curious about {subject}.",
                "What is there to know about {subject}?", "Is there something to read about {subject}?",
                "I need to learn about {subject}.", "{subject}: what do people write about it?",
                "Who knows more about {subject}? Search.",
            ],
            [
                "search the web for {subject}", "look for texts about {subject}", "find me something about {subject}",
                "look {subject} up", "find out more about {subject}", "get me pages on {subject}",
            ],
            ["What can you find about {subject}?", "Please search for something on {subject}."],
            """{"pages": {number}}""",
            "I found {number} pages about {subject}."),
        new(
            ["roll_dice", "dice"], "Roll dice",
            [new("count", "small", "count", "dice")],
            [
                "Roll {count} dice.", "Throw {count} dice[, please|].", "Can you roll {count} dice?",
                "I need a roll of {count} dice.", "{count} dice, please.", "It is my turn, {count} dice.",
                "The game needs {count} dice rolled.", "What do {count} dice give?", "Dice! {count} of them.",
                "How many points do I get with {count} dice?",
            ],
            [
                "roll {count} dice for me", "throw {count} dice on the table", "let {count} dice roll", "cast {count} dice",
                "shake and roll {count} dice", "take {count} dice and throw them",
            ],
            ["Please throw {count} dice for me.", "Let us see what {count} dice say."],
            """{"sum": {number}}""",
            "The dice show {number}."),
        new(
            ["call_person", "phone", "make_call"], "Call a person by phone",
            [new("person", "person", "person", "name", "who")],
            [
                "Call {person}.", "[Please phone|Phone] {person}.", "I want to talk with {person}.",
                "Can you [call|ring] {person}?", "I must speak to {person}.", "Is {person} there? Call.",
                "{person} waits for my call.", "Connect me with {person}.", "I have to phone {person}.",
                "The phone, please: {person}.",
            ],
            [
                "phone {person} now", "ring {person} up", "call up {person}", "connect me to {person}", "dial {person}",
                "make a call to {person}",
            ],
            ["Get {person} on the phone.", "Give {person} a call."],
            """{"calling": true}""",
            "I am calling {person}."),
        new(
            ["get_time", "clock"], "Get the time in a city",
            [new("city", "city", "city", "place")],
            [
                "What time is it in {city}?", "How late is it in {city}?", "Tell me the time in {city}.",
                "The time in {city}[, please|]?", "Do they sleep in {city} now?", "Is it morning or evening in {city}?",
                "{city}: what time is it there?", "What hour is it in {city}?",
                "I call somebody in {city}. What time is it there?", "How early is it in {city}?",
            ],
            [
                "say what time it is in {city}", "check the clock in {city}", "find out the time in {city}",
                "get me the time of {city}", "look up the hour in {city}", "tell us how late it is in {city}",
            ],
            ["What does the clock say in {city}?", "Is it late in {city}?"],
            """{"hour": {number}}""",
            "In {city} it is {number}."),
        new(
            ["set_heating", "heat", "set_temperature"], "Set how warm a room is",
            [new("room", "room", "room", "where"), new("degrees", "small", "degrees", "level")],
            [
                "Heat the {room} to {degrees} degrees.", "Set the {room} to {degrees} degrees.",
                "I want {degrees} degrees in the {room}.", "Make the {room} {degrees} degrees warm.",
                "It is cold in the {room}, I want {degrees} degrees.", "The {room} needs {degrees} degrees.",
                "{degrees} degrees are right for the {room}.", "{room}: {degrees} degrees.",
                "Is the {room} at {degrees} degrees? It should be.", "How about {degrees} degrees in the {room}?",
            ],
            [
                "warm the {room} to {degrees} degrees", "bring the {room} to {degrees} degrees",
                "put the heating in the {room} at {degrees} degrees", "keep the {room} at {degrees} degrees",
                "see that the {room} has {degrees} degrees", "turn the {room} heating to {degrees} degrees",
            ],
            ["The {room} should have {degrees} degrees.", "Please make it {degrees} degrees in the {room}."],
            """{"ok": true}""",
            "The {room} will have {degrees} degrees."),
    ];
}
