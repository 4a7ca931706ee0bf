"""Function words: words that say nothing of what a question is about, folded as `words_of` folds them."""

from __future__ import annotations

from typing import Final

_ENGLISH = """
a about after again all already also am an and any are as assist assistance at be because been before being but by can
cannot cant could dear did do does doesnt doing done dont each else ever every for from get gets give go going got
guys had has have having he hello her here hey hi him his hope hopefully hoping how i id if ill im in into is isnt
issue it its ive just kindly know let like long look many me much my need no nor not now of off often ok on once one
only or other our out over own please possible question questions really recent recently same shall she should so some
somebody someone something sure tell thank thanks that the their them then there these they thing this those to today
too try trying up us use used very via want wanted was we were what when where which while who whom whose why will
with within without wonder wondering wont would yes yet you your yours
"""
_GERMAN = """
aber alle als also am an auch auf aus bei bin bis bitte da dann das dass dein dem den denn der des die dies diese
dieser doch du durch ein eine einem einen einer eines er es etwas euch euer frage fragen fur gerade gibt habe haben
habt hallo hat hatte helfen heute hier hilfe ich ihr ihre ihren im in ist ja jede jeder jetzt kann kannst kein keine
konnen konnte lange leider liebe man mehr mein meine meinem meinen meiner mich mir mit mochte mochten muss nach nehmt
nicht noch nun nur ob oder oft schon sehr sein seine seit sich sie sind so soll sondern um und uns unser unsere unter
viel viele vom von vor wann war warum was weg weil welche welchem welcher wenn wer werden wie wieder will wir wird wo
wollen wurde zu zum zur
"""
_SPANISH = """
a ahora al algo algun alguna ante antes aqui asi aun aunque ayuda ayudar ayudarme bien buenos cada como con cual
cuales cuando cuanta cuanto cuantos de del desde donde dos duda e el ella ellos en entre era es esa ese eso esta estan
este esto estoy fue gracias ha hace hago han hasta hay he hola hoy la las le les lo los mas me mi mis mucho muy nada
ni no nos o os otra otro para pero por porque pregunta puede puedo que quien quiere quiero quisiera recientemente se
sea ser si sin sobre solo son soy su sus tambien te tengo tiene tienen toda todavia todo tu tus un una uno unos usted
ustedes y ya yo
"""
_FRENCH = """
a ai aide aider apres as au aujourd aussi avec avez avoir avons bonjour c ca car ce cela celle celui ces cet cette
chez combien comment d dans de des deux dois donc du elle elles en encore entre est et etait ete etes etre eu faire
fait faut hui il ils j je l la le les leur longtemps lui m ma mais me merci mes moi mon n ne nos notre nous on ont ou
par pas peut peux plus pour pourquoi puis qu quand que quel quelle quelles quels question qui quoi recemment s sa sans
se sera serai ses si son sont sous suis sur t ta te tes toi ton tous tout tres tu un une veux voici voila vos votre
voudrais vous y
"""
_ITALIAN = """
a abbiamo ai aiutare aiuto al alla alle anche ancora avete c che chi ci ciao come con cosa cui da dal dalla degli dei
del della delle di domanda dove e ed era essere fa gli grazie ha hai hanno ho i il in io la le lei lo loro lui ma mi
mia mie miei mio molto ne negli nel nella no noi non nostro o oggi per perche piu possibile posso potete prima puo
quale quali quando quante quanti quanto quella quello questa questo qui sa se sei si sia siamo siete solo sono spesso
su sua sul sulla suo ti tra tu tua tuo un una uno vi voi vorrei vostro
"""
_PORTUGUESE = """
ainda ajuda ajudar ao aos aqui as ate bom cada com como da das de dela dele depois do dos duvida e ela elas ele eles
em entre era essa esse esta estao estava este eu foi ha hoje isso isto ja la lhe mais mas me mesmo meu meus minha
muito na nao nas nem no nos nossa nosso num o obrigada obrigado oi ola onde os ou para pela pelo pergunta pode por
porque posso quais qual quando quantas quanto quantos que quem quero se sem ser seu sim so sobre sou sua tambem te tem
tenho ter um uma umas uns voce voces
"""
_DUTCH = """
aan al alle als bedankt ben bij daar dan dat de deze die dit doen door dus een en er geen graag haar had hallo heb
hebben heeft helpen het hier hij hoe hoeveel hulp hun ik in is ja je jij jouw jullie kan kon kunnen kunt lang maar me
mee meer men met mij mijn moet na naar niet nog nu of om omdat ons onze ook op over te tegen toch toen tot u uit uw
vaak van vandaag veel voor vraag waar waarom wanneer want was wat we wel welke wie wij wil worden wordt zal ze zich
zij zijn zo zou
"""

FUNCTION_WORDS: Final = frozenset(
    word for words in (_ENGLISH, _GERMAN, _SPANISH, _FRENCH, _ITALIAN, _PORTUGUESE, _DUTCH) for word in words.split()
)
"""Of all languages together: a shop's texts and its shoppers may mix them."""
